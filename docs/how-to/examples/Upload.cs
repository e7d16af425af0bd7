// 上传一条维修记录：先试判，再上传，然后作废、对账。.NET Framework 4.5 以上或 Mono：
//   mcs -r:System.Net.Http -r:System.Web.Extensions Upload.cs && mono Upload.exe
// 环境变量 API_URL（如 http://127.0.0.1:8100/sandbox，正式环境去掉 /sandbox）、API_SECRET（接口密钥）。
// API_FAULT 只在沙箱有效，如 status=503 或 cut=after，随上传的第一次尝试发出，用来看重试。
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Web.Script.Serialization;

public static class Upload
{
    private const int Attempts = 6;
    private static readonly string Base = Environment.GetEnvironmentVariable("API_URL").TrimEnd('/') + "/api/v1";
    private static readonly string Secret = Environment.GetEnvironmentVariable("API_SECRET");
    private static readonly HttpClient Client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly JavaScriptSerializer Json = new JavaScriptSerializer();
    private static readonly Random Chance = new Random();

    private class Answer
    {
        public int Status;
        public Dictionary<string, object> Body;
    }

    public static int Main()
    {
        string number = "CS-" + Guid.NewGuid().ToString("N").Substring(0, 12);
        DateTime today = DateTime.UtcNow.AddHours(8).Date; // 北京时间
        string day = today.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var record = new Dictionary<string, object>
        {
            { "companyname", "沙箱示范汽车维修有限公司" },
            { "vin", "LXXAA11A3R1000017" },
            { "vehicleplatenumber", "浙A12345" },
            { "repairdate", day },
            { "repairmileage", 48210 },
            { "settledate", day },
            { "faultdescription", "更换机油" },
            { "costlistcode", number },
            { "vehiclepartslist", new[] { new { partsname = "机油", partscode = "OIL-5W30", partsquantity = 4.5 } } },
            { "repairprojectlist", new[] { new { repairproject = "更换机油", workinghours = 0.5 } } },
        };
        string path = "/records/" + Uri.EscapeDataString(number);

        Answer verdict = Call("POST", "/records/check", record, null, null);
        Console.WriteLine("试判 {0} {1}", verdict.Status, verdict.Body["would"]);

        string key = Guid.NewGuid().ToString(); // one key for one upload, the same in every repeat of it
        Answer receipt = Call("PUT", path, record, key, Environment.GetEnvironmentVariable("API_FAULT"));
        if (receipt.Status >= 300)
        {
            Console.Error.WriteLine("被拒绝：{0} {1}", receipt.Body["code"], receipt.Body["detail"]);
            return 1;
        }
        Console.WriteLine("上传 {0} {1}", receipt.Status, receipt.Body["outcome"]);

        var reason = new Dictionary<string, object> { { "reason", "示例：结算单开错" } };
        Answer voided = Call("POST", path + "/void", reason, null, null);
        Console.WriteLine("作废 {0} {1}", voided.Status, voided.Body["state"]);

        var mine = new Dictionary<string, object>
        {
            { "sent", 1 },
            { "records", new[] { new { costlistcode = number } } },
        };
        string date = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Answer result = Call("POST", "/reconciliation/" + date, mine, null, null);
        int missing = ((System.Collections.ICollection)result.Body["missing"]).Count;
        Console.WriteLine("对账 {0} 平台存有 {1} 缺少 {2}", result.Status, result.Body["held"], missing);
        return missing == 0 ? 0 : 1;
    }

    // One call, repeated while the server is busy or the network fails: each does the same however often it comes.
    private static Answer Call(string method, string path, object body, string key, string fault)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double wait = 0.5 * Math.Pow(2, attempt) * (0.5 + Chance.NextDouble());
            string reason;
            try
            {
                using (var request = new HttpRequestMessage(new HttpMethod(method), Base + path))
                {
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
                    if (key != null) request.Headers.Add("Idempotency-Key", key);
                    if (!string.IsNullOrEmpty(fault) && attempt == 0) request.Headers.Add("Chedang-Fault", fault);
                    request.Content = new StringContent(Json.Serialize(body), Encoding.UTF8, "application/json");
                    using (HttpResponseMessage answer = Client.SendAsync(request).GetAwaiter().GetResult())
                    {
                        int status = (int)answer.StatusCode;
                        if (status != 429 && status < 500)
                        {
                            // A refusal is ours to mend: a repeat would change nothing.
                            string text = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
                            return new Answer { Status = status, Body = Json.Deserialize<Dictionary<string, object>>(text) };
                        }
                        RetryConditionHeaderValue asked = answer.Headers.RetryAfter;
                        if (asked != null && asked.Delta.HasValue) wait = asked.Delta.Value.TotalSeconds;
                        reason = "HTTP " + status;
                    }
                }
            }
            catch (Exception error)
            {
                if (!(error is HttpRequestException || error is OperationCanceledException)) throw;
                reason = error.GetType().Name; // nobody knows whether it arrived: send it again
            }
            Console.Error.WriteLine("第 {0} 次未成功（{1}），{2:F1} 秒后重试", attempt + 1, reason, wait);
            Thread.Sleep(TimeSpan.FromSeconds(wait));
        }
        Console.Error.WriteLine("多次重试仍未成功，请稍后再传");
        Environment.Exit(1);
        return null;
    }
}
