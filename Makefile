# 车档 chedang. `make` alone prints this help.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
T ?=

# Many processes are started, by the tests above all: each would compile our modules anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run setup test check fix bench screens pins clean

## Use / 使用
run: .venv/run.stamp ## start the ministry and two fictional provinces, joined / 启动部级和两个示范省（首次会灌入虚构数据）
	@exec $(BIN)/chedang network --seed

setup: .venv/run.stamp ## make the environment in .venv, nothing else / 只建环境

## Develop / 开发
test: .venv/dev.stamp ## all tests on two cores, browser tests too; T=path for some of them / 跑测试
	@$(BIN)/python dev/ensure_tools.py
	@$(if $(T),$(BIN)/python -m pytest $(T),$(WHOLE))

check: .venv/dev.stamp ## ruff, mypy, import-linter, migrations in step, docs links / 静态检查
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings chedang.site.settings
	$(BIN)/python dev/check_docs.py

fix: .venv/dev.stamp ## let ruff mend what it can / 自动修整
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp ## uploads per second beside pgbench's floor; page times / 性能测量
	$(BIN)/python -m bench

screens: .venv/dev.stamp ## pictures of every page into docs/screens / 给每个页面截图
	@$(BIN)/python dev/ensure_tools.py
	$(BIN)/python -m tests.pages.screens

pins: .venv/dev.stamp ## compile requirements/*.txt from pyproject.toml / 重新锁定依赖
	$(BIN)/uv pip compile -q pyproject.toml $(UV) --extra build -o requirements/run.txt
	$(BIN)/uv pip compile -q pyproject.toml $(UV) --extra build --extra dev -c requirements/run.txt -o requirements/dev.txt

clean: ## remove the environment and caches, never var/ / 删除环境与缓存
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench dev -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile
	@printf '\n'

# Three workers for two cores, since many tests wait; each file in one of them and the files in their order. Then, one by
# one, what must have the machine alone; all of that is in tests/faults, and nothing else need be read for it.
WHOLE := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not alone" && \
	$(BIN)/python -m pytest -m alone tests/faults

UV := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

# A stamp is written last, so that an environment cut off half way is made again.
.venv/run.stamp: requirements/run.txt pyproject.toml .venv/venv.stamp
	@echo "安装依赖 (installing the pinned dependencies) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "安装开发依赖 (installing the development dependencies) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv/venv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更新版本：make PYTHON=python3.11 (Python 3.11 or newer is needed)"; exit 2; }
	@$(PYTHON) -m venv --clear .venv && touch $@ || { rm -rf .venv; \
	  echo "建不了虚拟环境：请安装 python3-venv (the venv module is missing: install python3-venv)"; exit 2; }
