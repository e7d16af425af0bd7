import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 上传一条维修记录：先试判，再上传，然后作废、对账。Java 11 以上，不用任何库：java Upload.java
 *
 * <p>环境变量 API_URL（如 http://127.0.0.1:8100/sandbox，正式环境去掉 /sandbox）、API_SECRET（接口密钥）。 API_FAULT
 * 只在沙箱有效，如 status=503 或 cut=after，随上传的第一次尝试发出，用来看重试。
 */
public class Upload {
    private static final String BASE = System.getenv("API_URL").replaceAll("/+$", "") + "/api/v1";
    private static final String SECRET = System.getenv("API_SECRET");
    private static final int ATTEMPTS = 6;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();

    public static void main(String[] arguments) throws InterruptedException {
        String number = "JAVA-" + UUID.randomUUID().toString().substring(0, 12);
        LocalDate today = LocalDate.now(ZoneId.of("Asia/Shanghai"));
        String day = today.format(DateTimeFormatter.BASIC_ISO_DATE);
        String record =
                "{\"companyname\": \"沙箱示范汽车维修有限公司\", \"vin\": \"LXXAA11A3R1000017\","
                        + " \"vehicleplatenumber\": \"浙A12345\", \"repairdate\": \"" + day + "\","
                        + " \"repairmileage\": 48210, \"settledate\": \"" + day + "\","
                        + " \"faultdescription\": \"更换机油\", \"costlistcode\": \"" + number + "\","
                        + " \"vehiclepartslist\": [{\"partsname\": \"机油\", \"partscode\": \"OIL-5W30\","
                        + " \"partsquantity\": 4.5}],"
                        + " \"repairprojectlist\": [{\"repairproject\": \"更换机油\", \"workinghours\": 0.5}]}";
        String path = "/records/" + number;

        HttpResponse<String> verdict = call("POST", "/records/check", record, null, null);
        System.out.println("试判 " + verdict.statusCode() + " " + text(verdict, "would"));

        String key = UUID.randomUUID().toString(); // one key for one upload, the same in every repeat of it
        HttpResponse<String> receipt = call("PUT", path, record, key, System.getenv("API_FAULT"));
        if (receipt.statusCode() >= 300) {
            System.err.println("被拒绝：" + receipt.body());
            System.exit(1);
        }
        System.out.println("上传 " + receipt.statusCode() + " " + text(receipt, "outcome"));

        HttpResponse<String> voided = call("POST", path + "/void", "{\"reason\": \"示例：结算单开错\"}", null, null);
        System.out.println("作废 " + voided.statusCode() + " " + text(voided, "state"));

        String mine = "{\"sent\": 1, \"records\": [{\"costlistcode\": \"" + number + "\"}]}";
        HttpResponse<String> result = call("POST", "/reconciliation/" + today, mine, null, null);
        System.out.println("对账 " + result.statusCode());
        if (!result.body().matches("(?s).*\"missing\": *\\[\\].*")) {
            System.err.println("平台缺少记录：" + result.body());
            System.exit(1);
        }
    }

    /** One call, repeated while the server is busy or the network fails: each does the same however often it comes. */
    private static HttpResponse<String> call(String method, String path, String body, String key, String fault)
            throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(BASE + path))
                            .timeout(Duration.ofSeconds(30))
                            .header("Authorization", "Bearer " + SECRET)
                            .header("Content-Type", "application/json")
                            .method(method, BodyPublishers.ofString(body));
            if (key != null) {
                request.header("Idempotency-Key", key);
            }
            if (fault != null && !fault.isEmpty() && attempt == 0) {
                request.header("Chedang-Fault", fault);
            }
            double wait = 0.5 * Math.pow(2, attempt) * (0.5 + Math.random());
            String reason;
            try {
                HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
                if (answer.statusCode() != 429 && answer.statusCode() < 500) {
                    return answer; // a refusal is ours to mend: a repeat would change nothing
                }
                wait = answer.headers().firstValue("Retry-After").map(Double::parseDouble).orElse(wait);
                reason = "HTTP " + answer.statusCode();
            } catch (IOException error) {
                reason = error.getClass().getSimpleName(); // nobody knows whether it arrived: send it again
            }
            System.err.printf("第 %d 次未成功（%s），%.1f 秒后重试%n", attempt + 1, reason, wait);
            Thread.sleep((long) (wait * 1000));
        }
        System.err.println("多次重试仍未成功，请稍后再传");
        System.exit(1);
        throw new IllegalStateException();
    }

    /** A text member of the answer. A real program reads JSON with its library. */
    private static String text(HttpResponse<String> answer, String name) {
        Matcher found = Pattern.compile("\"" + name + "\": *\"([^\"]*)\"").matcher(answer.body());
        return found.find() ? found.group(1) : "";
    }
}
