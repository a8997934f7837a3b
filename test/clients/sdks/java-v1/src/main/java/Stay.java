import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.regions.DefaultAwsRegionProviderChain;
import com.amazonaws.services.securitytoken.AWSSecurityTokenService;
import com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClientBuilder;
import com.amazonaws.services.securitytoken.model.GetCallerIdentityRequest;

/** The AWS SDK for Java v1 in one program: says who it is, and again every half second for the seconds it is given. */
public class Stay {
  public static void main(String[] args) throws Exception {
    // This SDK does not know AWS_ENDPOINT_URL.
    String region = new DefaultAwsRegionProviderChain().getRegion();
    AWSSecurityTokenService sts = AWSSecurityTokenServiceClientBuilder.standard()
        .withEndpointConfiguration(new EndpointConfiguration(System.getenv("AWS_ENDPOINT_URL"), region))
        .build();
    long end = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000_000L;
    while (true) {
      System.out.println(sts.getCallerIdentity(new GetCallerIdentityRequest()).getArn());
      if (System.nanoTime() >= end) return;
      Thread.sleep(500);
    }
  }
}
