import software.amazon.awssdk.services.sts.StsClient;

/** The AWS SDK for Java v2 in one program: says who it is, and again every half second for the seconds it is given. */
public class Stay {
  public static void main(String[] args) throws Exception {
    long end = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000_000L;
    try (StsClient sts = StsClient.create()) {
      while (true) {
        System.out.println(sts.getCallerIdentity().arn());
        if (System.nanoTime() >= end) return;
        Thread.sleep(500);
      }
    }
  }
}
