package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The entry point: the REST API, the NBD listener and the actuator in one process. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SluiceApplication {

  /** Starts the service; arguments are Spring Boot's ({@code --server.port=0}). */
  public static void main(String[] args) {
    // The JDK reads it once. Nobody needs it, and each time costs a signature.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    SpringApplication.run(SluiceApplication.class, args);
  }
}
