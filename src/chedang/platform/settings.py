"""Settings of one node: the environment read once into one frozen object.

Every variable begins with ``CHEDANG_``; an empty value counts as unset. A wrong value names the variable,
what is wrong with it and a value that works.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from chedang.terms.division import PROVINCES

MINISTRY_CODE = "00"
SMS_KEY_LEAST = 32
"""Characters of the key shared with an SMS gateway."""

Level = Literal["province", "ministry"]
Mode = Literal["compat", "strict"]
Sms = Literal["outbox", "http", "none"]
Factor = Literal["required", "off"]
Network = IPv4Network | IPv6Network


class SettingsError(Exception):
    """A variable of the environment has a value that cannot be used.

    ``problem`` is a Chinese sentence with the English one in parentheses; it never repeats a secret.
    """

    def __init__(self, variable: str, problem: str, example: str) -> None:
        super().__init__(f"{variable}：{problem}。例如（for example）：{variable}={example}")
        self.variable = variable
        self.problem = problem
        self.example = example


@dataclass(frozen=True)
class Node:
    """节点: the province or the ministry that this installation serves; ``code`` is two digits, 00 the ministry."""

    code: str
    name: str
    level: Level


class Described(NamedTuple):
    """One line of ``chedang check-config``: the variable, the value in force, what it means."""

    variable: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Settings:
    """Everything a process of a node is told from outside. Paths are absolute, ports are TCP on ``host``."""

    data_dir: Path
    database_url: str | None  # None: the embedded PostgreSQL under data_dir
    node: Node
    host: str
    gate_port: int
    site_port: int
    seed: bool
    mode: Mode
    run_as: str | None  # account of the embedded server when started as root; None: postgres, else nobody
    rules_file: Path | None
    dialects_file: Path | None
    token_hours: int
    signature_minutes: int
    open_order_days: int
    extra_basis: str
    log_level: str
    site_hosts: tuple[str, ...]
    secure_cookies: bool
    site_address: str
    """How people reach the pages, without a slash at the end: for QR codes on paper."""
    gate_address: str
    """How the shops' software reaches the gate, without a slash at the end: shown to the shops."""
    sms: Sms
    sms_url: str  # '' unless sms is "http"
    sms_key_file: Path | None
    inspection_url: str
    """Where the inspection side takes what happens to emission tickets; '' where nothing is posted."""
    inspection_key_file: Path | None
    trusted_proxies: tuple[Network, ...]
    second_factor: Factor
    """Whether officials need a code besides the password."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read and check all variables. Raises SettingsError for the first that is wrong."""
        read = _Reader(environ)
        gate_port = read.integer("CHEDANG_GATE_PORT", 8100, 1, 65535)
        site_port = read.integer("CHEDANG_SITE_PORT", 8000, 1, 65535)
        if gate_port == site_port:
            raise SettingsError(
                "CHEDANG_SITE_PORT",
                f"与 CHEDANG_GATE_PORT 相同，都是 {gate_port}，必须不同 (must differ from CHEDANG_GATE_PORT)",
                str(gate_port + 1 if gate_port < 65535 else gate_port - 1),
            )
        seed = read.flag("CHEDANG_SEED", "1")
        site_address = read.site_address(site_port)
        sms = read.sms("outbox" if seed else "none", seed=seed)
        inspection_url = read.text("CHEDANG_INSPECTION_URL", "") and read.safe_url(
            "CHEDANG_INSPECTION_URL", "https://inspection.example.org/notices"
        )
        return cls(
            data_dir=Path(read.text("CHEDANG_DATA_DIR", "var")).expanduser().absolute(),
            database_url=read.database_url(),
            node=read.node(),
            host=read.text("CHEDANG_HOST", "127.0.0.1"),
            gate_port=gate_port,
            site_port=site_port,
            seed=seed,
            mode="strict" if read.choice("CHEDANG_MODE", ("compat", "strict")) == "strict" else "compat",
            run_as=read.account("CHEDANG_RUN_AS"),
            rules_file=read.existing_file("CHEDANG_RULES_FILE", "/etc/chedang/rules.toml"),
            dialects_file=read.existing_file("CHEDANG_DIALECTS_FILE", "/etc/chedang/dialects.toml"),
            token_hours=read.integer("CHEDANG_TOKEN_HOURS", 168, 24, 24 * 366),
            signature_minutes=read.integer("CHEDANG_SIGNATURE_MINUTES", 1440, 1, 60 * 24 * 366),
            open_order_days=read.integer("CHEDANG_OPEN_ORDER_DAYS", 180, 1, 3660),
            extra_basis=read.text("CHEDANG_EXTRA_BASIS", ""),
            log_level=read.choice("CHEDANG_LOG_LEVEL", ("info", "debug", "warning", "error")),
            site_hosts=read.names("CHEDANG_SITE_HOSTS", "localhost,127.0.0.1"),
            secure_cookies=read.flag("CHEDANG_SECURE_COOKIES", "0"),
            site_address=site_address,
            gate_address=read.gate_address(site_address, gate_port),
            sms=sms,
            sms_url=read.safe_url("CHEDANG_SMS_URL", "https://sms.example.org/send") if sms == "http" else "",
            sms_key_file=read.shared_key_file("CHEDANG_SMS_KEY_FILE", "/etc/chedang/sms.key")
            if sms == "http"
            else None,
            inspection_url=inspection_url,
            inspection_key_file=(
                read.shared_key_file("CHEDANG_INSPECTION_KEY_FILE", "/etc/chedang/inspection.key")
                if inspection_url
                else None
            ),
            trusted_proxies=read.networks("CHEDANG_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8"),
            second_factor=read.second_factor(seed=seed),
        )

    def describe(self) -> tuple[Described, ...]:
        """All settings in force, for people; secrets are left out."""
        level = "省级 province" if self.node.level == "province" else "部级 ministry"
        return (
            Described("CHEDANG_DATA_DIR", str(self.data_dir), "数据目录"),
            Described("CHEDANG_DATABASE_URL", _without_secrets(self.database_url), "数据库"),
            Described("CHEDANG_NODE", f"{self.node.code} {self.node.name}（{level}）", "节点"),
            Described("CHEDANG_HOST", self.host, "监听地址"),
            Described("CHEDANG_GATE_PORT", str(self.gate_port), "上传接口端口"),
            Described("CHEDANG_SITE_PORT", str(self.site_port), "网站端口"),
            Described("CHEDANG_SEED", str(int(self.seed)), "是否写入虚构示例数据"),
            Described("CHEDANG_MODE", self.mode, "受理方式：compat 存而标记，strict 有错即拒"),
            Described("CHEDANG_RUN_AS", self.run_as or "（自动）", "以 root 启动时内置数据库所用账户"),
            Described("CHEDANG_RULES_FILE", str(self.rules_file or "（内置）"), "规则限值文件"),
            Described("CHEDANG_DIALECTS_FILE", str(self.dialects_file or "（内置）"), "各种报文的主机、路径与受理方式"),
            Described("CHEDANG_TOKEN_HOURS", str(self.token_hours), "访问令牌有效小时数"),
            Described("CHEDANG_SIGNATURE_MINUTES", str(self.signature_minutes), "签名调用的时钟最多相差的分钟数"),
            Described("CHEDANG_OPEN_ORDER_DAYS", str(self.open_order_days), "未结算的工单最后一次变动后保留的天数"),
            Described("CHEDANG_EXTRA_BASIS", self.extra_basis or "（不保留）", "标准以外字段的保留类别及其法律依据"),
            Described("CHEDANG_LOG_LEVEL", self.log_level, "日志级别"),
            Described("CHEDANG_SITE_HOSTS", ",".join(self.site_hosts), "网站可用的主机名"),
            Described("CHEDANG_SITE_ADDRESS", self.site_address, "网站地址，印在二维码里"),
            Described("CHEDANG_GATE_ADDRESS", self.gate_address, "上传接口地址，告诉企业填进软件"),
            Described("CHEDANG_SECURE_COOKIES", str(int(self.secure_cookies)), "仅经 HTTPS 发送 Cookie"),
            Described("CHEDANG_SMS", self.sms, "短信：outbox 演示发件箱，http 短信网关，none 不发"),
            Described("CHEDANG_SMS_URL", self.sms_url or "（无）", "短信网关地址"),
            Described("CHEDANG_SMS_KEY_FILE", str(self.sms_key_file or "（无）"), "与短信网关约定的签名密钥文件"),
            Described("CHEDANG_INSPECTION_URL", self.inspection_url or "（无）", "检验平台接收排放维修单进展的地址"),
            Described(
                "CHEDANG_INSPECTION_KEY_FILE",
                str(self.inspection_key_file or "（无）"),
                "与检验平台约定的签名密钥文件",
            ),
            Described(
                "CHEDANG_TRUSTED_PROXIES",
                ",".join(map(str, self.trusted_proxies)) or "（无）",
                "可信的反向代理，其 X-Forwarded-For 才作数",
            ),
            Described("CHEDANG_SECOND_FACTOR", self.second_factor, "管理人员的动态口令：required 必须，off 不用"),
        )


def settings_of_process() -> tuple[Settings, str]:
    """Settings and database URL of a process that ``chedang up`` starts: gate, site or worker.

    Ends the process with one sentence when a variable is wrong or no database is named.
    """
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(str(error))
    if settings.database_url is None:
        problem = (
            "没有设置；单独启动这个进程须指明数据库，或用 chedang up 启动整个节点"
            " (not set; name a database to start this process alone, or start the whole node with chedang up)"
        )
        sys.exit(str(SettingsError("CHEDANG_DATABASE_URL", problem, "postgresql:///chedang")))
    return settings, settings.database_url


class _Reader:
    """Reads single variables; each method raises SettingsError that names the variable."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, variable: str, default: str) -> str:
        return self._environ.get(variable, "").strip() or default

    def integer(self, variable: str, default: int, lowest: int, highest: int) -> int:
        text = self.text(variable, str(default))
        if text.isascii() and text.isdigit() and lowest <= int(text[:9]) <= highest:
            return int(text[:9])
        problem = f"应为 {lowest}–{highest} 的整数，现为“{text}” (an integer {lowest}–{highest} is needed)"
        raise SettingsError(variable, problem, str(default))

    def flag(self, variable: str, default: str) -> bool:
        text = self.text(variable, default)
        if text in {"0", "1"}:
            return text == "1"
        raise SettingsError(variable, f"应为 0 或 1，现为“{text}” (0 or 1 is needed)", default)

    def choice(self, variable: str, choices: tuple[str, ...]) -> str:
        """One of ``choices``, of which the first is the default."""
        text = self.text(variable, choices[0]).lower()
        if text in choices:
            return text
        known = "、".join(choices)
        problem = f"应为 {known} 之一，现为“{text}” (one of {', '.join(choices)} is needed)"
        raise SettingsError(variable, problem, choices[0])

    def names(self, variable: str, default: str) -> tuple[str, ...]:
        found = tuple(name.strip() for name in self.text(variable, default).split(",") if name.strip())
        if found:
            return found
        raise SettingsError(variable, "至少要有一个主机名 (at least one host name is needed)", default)

    def node(self) -> Node:
        code = self.text("CHEDANG_NODE", "33")
        if code in PROVINCES:
            return Node(code, PROVINCES[code].name, "ministry" if code == MINISTRY_CODE else "province")
        problem = (
            f"应为两位省级行政区划代码，部级为 00，现为“{code}”"
            " (two digits of a province are needed, or 00 for the ministry)"
        )
        raise SettingsError("CHEDANG_NODE", problem, "33")

    def site_address(self, site_port: int) -> str:
        return self._origin("CHEDANG_SITE_ADDRESS", f"http://localhost:{site_port}", "https://chedang.example.org")

    def gate_address(self, site_address: str, gate_port: int) -> str:
        """The host of the pages, unless the gate is reached otherwise."""
        parts = urlsplit(site_address)
        name = parts.hostname or "localhost"
        host = f"[{name}]" if ":" in name else name
        default = f"{parts.scheme}://{host}:{gate_port}"
        return self._origin("CHEDANG_GATE_ADDRESS", default, "https://gate.example.org")

    def _origin(self, variable: str, default: str, example: str) -> str:
        address = self.text(variable, default).rstrip("/")
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"} and parts.netloc and not (parts.path or parts.query or parts.fragment):
            return address
        problem = "应为 http:// 或 https:// 加主机名，后面没有路径 (scheme and host are needed, without a path)"
        raise SettingsError(variable, problem, example)

    def database_url(self) -> str | None:
        variable, example = "CHEDANG_DATABASE_URL", "postgresql://chedang:password@db.example.org:5432/chedang"
        url = self.text(variable, "")
        if not url:
            return None
        if urlsplit(url).scheme not in {"postgres", "postgresql"}:
            problem = "应以 postgresql:// 或 postgres:// 开头 (must begin with postgresql:// or postgres://)"
            raise SettingsError(variable, problem, example)
        if _parse_url(url) is None:
            problem = "不是可用的连接地址 (not a connection URL that PostgreSQL understands)"
            raise SettingsError(variable, problem, example)
        return url

    def account(self, variable: str) -> str | None:
        name = self.text(variable, "")
        if not name:
            return None
        try:
            pwd.getpwnam(name)
        except KeyError:
            problem = f"本机没有账户“{name}” (this machine has no such account)"
            raise SettingsError(variable, problem, "postgres") from None
        return name

    def sms(self, default: Sms, *, seed: bool) -> Sms:
        """How SMS are sent; the outbox, which shows every code to everybody, only where people are fictional."""
        choices: tuple[Sms, ...] = ("outbox", "http", "none")
        variable = "CHEDANG_SMS"
        text = self.text(variable, default).lower()
        found = next((choice for choice in choices if choice == text), None)
        if found is None:
            problem = f"应为 {'、'.join(choices)} 之一，现为“{text}” (one of {', '.join(choices)} is needed)"
            raise SettingsError(variable, problem, "http")
        if found == "outbox" and not seed:
            problem = (
                "发件箱向所有人显示验证码，只能用于示例数据（CHEDANG_SEED=1）"
                " (the outbox shows every code to everybody: for fictional data only)"
            )
            raise SettingsError(variable, problem, "http")
        return found

    def second_factor(self, *, seed: bool) -> Factor:
        """Off only where people are fictional."""
        variable = "CHEDANG_SECOND_FACTOR"
        found = self.choice(variable, ("required", "off"))
        if found == "off" and not seed:
            problem = (
                "管理人员的动态口令只有在示例数据的节点（CHEDANG_SEED=1）上才能不用"
                " (only a node of fictional data may do without)"
            )
            raise SettingsError(variable, problem, "required")
        return "off" if found == "off" else "required"

    def safe_url(self, variable: str, example: str) -> str:
        """Where something is handed over: TLS, or this machine."""
        url = self.text(variable, "")
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        )
        if is_safe and parts.hostname and parts.username is None:
            return url
        # It may hold a password: not repeated.
        problem = "应为 https:// 地址（本机可用 http://），不含用户名 (an https:// address without a user is needed)"
        raise SettingsError(variable, problem, example)

    def networks(self, variable: str, example: str) -> tuple[Network, ...]:
        """Addresses or networks with commas between; none when unset."""
        found: list[Network] = []
        for name in (name.strip() for name in self.text(variable, "").split(",")):
            try:
                found += [ip_network(name)] if name else []
            except ValueError:
                problem = f"“{name}”不是 IP 地址或网段 (not an address or a network)"
                raise SettingsError(variable, problem, example) from None
        return tuple(found)

    def shared_key_file(self, variable: str, example: str) -> Path:
        """The file of the key shared with who is talked to, long enough not to be guessed."""
        path = self.existing_file(variable, example)
        if path is None:
            raise SettingsError(variable, "没有设置，必须指明文件 (not set; a file is needed)", example)
        if len(path.read_bytes().strip()) < SMS_KEY_LEAST:
            problem = f"密钥不足 {SMS_KEY_LEAST} 个字符 (the key is shorter than {SMS_KEY_LEAST} characters)"
            raise SettingsError(variable, problem, example)
        return path

    def existing_file(self, variable: str, example: str) -> Path | None:
        text = self.text(variable, "")
        if not text:
            return None
        path = Path(text).expanduser().absolute()
        if path.is_file() and os.access(path, os.R_OK):
            return path
        problem = f"文件不存在或不可读：{path} (the file does not exist or cannot be read)"
        raise SettingsError(variable, problem, example)


def _parse_url(url: str) -> dict[str, object] | None:
    """The parts of a connection URL, or None when libpq does not understand it."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return dict(conninfo_to_dict(url))
    except ProgrammingError:
        return None


def _without_secrets(url: str | None) -> str:
    if url is None:
        return "（内置 PostgreSQL，位于数据目录）"
    parts = _parse_url(url) or {}
    return " ".join(f"{key}={parts[key]}" for key in ("host", "port", "dbname", "user") if key in parts)
