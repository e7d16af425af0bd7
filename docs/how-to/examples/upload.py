"""上传一条维修记录：先试判，再上传，然后作废、对账。只用 Python 标准库（3.9 以上）。

    export API_URL=http://127.0.0.1:8100/sandbox   # 正式环境去掉 /sandbox
    export API_SECRET=cd_…                         # 接口密钥
    python upload.py

Checks a record, uploads it, voids it and reconciles the day. API_FAULT (sandbox only, for example ``status=503`` or
``cut=after``) is sent with the first attempt of the upload, to see the retries at work.
"""

import datetime
import http.client
import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE = os.environ["API_URL"].rstrip("/") + "/api/v1"
SECRET = os.environ["API_SECRET"]
ATTEMPTS = 6


def call(method, path, body=None, headers=None, fault=None):
    """One call, repeated while the server is busy or the network fails. Gives (status, answer).

    A call may be repeated because every one of these does the same however often it comes.
    """
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")
    sent = {"Authorization": "Bearer " + SECRET, "Content-Type": "application/json", **(headers or {})}
    for attempt in range(ATTEMPTS):
        wait = 0.5 * 2**attempt * random.uniform(0.5, 1.5)
        request = urllib.request.Request(BASE + path, data, sent, method=method)
        if fault and attempt == 0:
            request.add_header("Chedang-Fault", fault)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code != 429 and error.code < 500:
                return error.code, json.loads(error.read())  # ours to mend: a repeat would change nothing
            wait = float(error.headers.get("Retry-After") or wait)
            reason = f"HTTP {error.code}"
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = type(error).__name__  # nobody knows whether it arrived: send it again
        print(f"第 {attempt + 1} 次未成功（{reason}），{wait:.1f} 秒后重试", file=sys.stderr)
        time.sleep(wait)
    sys.exit("多次重试仍未成功，请稍后再传")


def main():
    number = "PY-" + uuid.uuid4().hex[:12]
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()  # 北京时间
    record = {
        "companyname": "沙箱示范汽车维修有限公司",
        "vin": "LXXAA11A3R1000017",
        "vehicleplatenumber": "浙A12345",
        "repairdate": (today - datetime.timedelta(days=1)).strftime("%Y%m%d"),
        "repairmileage": 48210,
        "settledate": today.strftime("%Y%m%d"),
        "faultdescription": "更换机油",
        "costlistcode": number,
        "vehiclepartslist": [{"partsname": "机油", "partscode": "OIL-5W30", "partsquantity": 4.5}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 0.5}],
    }
    path = "/records/" + urllib.parse.quote(number, safe="")

    status, verdict = call("POST", "/records/check", record)
    print("试判", status, verdict["would"])
    for finding in verdict["findings"]:
        print("  ", finding["level"], finding["pointer"], finding["message"], finding["hint"])

    key = str(uuid.uuid4())  # one key for one upload, the same in every repeat of it
    status, receipt = call("PUT", path, record, {"Idempotency-Key": key}, os.environ.get("API_FAULT"))
    if status not in (200, 201):
        sys.exit(f"被拒绝：{receipt['code']} {receipt['detail']}")
    print("上传", status, receipt["outcome"], receipt["recordid"])

    status, receipt = call("POST", path + "/void", {"reason": "示例：结算单开错"})
    print("作废", status, receipt["state"])

    mine = {"sent": 1, "records": [{"costlistcode": number}]}
    status, result = call("POST", "/reconciliation/" + today.isoformat(), mine)
    print("对账", status, "平台存有", result["held"], "缺少", len(result["missing"]))
    if result["missing"]:
        sys.exit(f"平台没有：{result['missing']}")


main()
