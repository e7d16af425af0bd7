#!/bin/sh
# 上传一条维修记录：先试判，再上传，然后作废、对账。只用 curl。
#
#   export API_URL=http://127.0.0.1:8100/sandbox   # 正式环境去掉 /sandbox
#   export API_SECRET=cd_…                         # 接口密钥
#   sh upload.sh
#
# API_FAULT（只在沙箱有效，如 status=503 或 cut=after）随上传的第一次尝试发出，用来看重试。
set -eu

base="${API_URL%/}/api/v1"
answer=$(mktemp)
heads=$(mktemp)
trap 'rm -f "$answer" "$heads"' EXIT

# call METHOD PATH BODY [HEADER…]: one call, repeated while the server is busy or the network fails.
call() {
    method=$1 path=$2 body=$3
    shift 3
    attempt=1
    wait=1
    while :; do
        status=$(curl --silent --show-error --max-time 30 --request "$method" "$base$path" \
            --header "Authorization: Bearer $API_SECRET" --header "Content-Type: application/json" "$@" \
            ${fault:+--header "Chedang-Fault: $fault"} \
            --data-binary "$body" --output "$answer" --dump-header "$heads" --write-out '%{http_code}') || status=000
        fault=
        case $status in
            429 | 5?? | 000) ;; # busy, or nobody knows whether it arrived: send it again
            *) return 0 ;;
        esac
        asked=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$heads" 2>/dev/null || true)
        echo "第 $attempt 次未成功（$status），${asked:-$wait} 秒后重试" >&2
        [ "$attempt" -lt 6 ] || { echo "多次重试仍未成功，请稍后再传" >&2; exit 1; }
        sleep "${asked:-$wait}"
        attempt=$((attempt + 1))
        wait=$((wait * 2))
    done
}

number="SH-$(date +%Y%m%d%H%M%S)-$$"
today=$(TZ=CST-8 date +%Y-%m-%d) # 北京时间
day=$(TZ=CST-8 date +%Y%m%d)
record=$(cat <<JSON
{
  "companyname": "沙箱示范汽车维修有限公司",
  "vin": "LXXAA11A3R1000017",
  "vehicleplatenumber": "浙A12345",
  "repairdate": "$day",
  "repairmileage": 48210,
  "settledate": "$day",
  "faultdescription": "更换机油",
  "costlistcode": "$number",
  "vehiclepartslist": [{"partsname": "机油", "partscode": "OIL-5W30", "partsquantity": 4.5}],
  "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 0.5}]
}
JSON
)

fault=
call POST /records/check "$record"
echo "试判 $status"
cat "$answer" && echo

fault=${API_FAULT:-}
call PUT "/records/$number" "$record" --header "Idempotency-Key: $number"
echo "上传 $status"
cat "$answer" && echo
case $status in 200 | 201) ;; *) exit 1 ;; esac

call POST "/records/$number/void" '{"reason": "示例：结算单开错"}'
echo "作废 $status"
cat "$answer" && echo

call POST "/reconciliation/$today" "{\"sent\": 1, \"records\": [{\"costlistcode\": \"$number\"}]}"
echo "对账 $status"
cat "$answer" && echo
grep -q '"missing": *\[\]' "$answer"
