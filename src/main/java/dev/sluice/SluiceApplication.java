package dev.sluice;

import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.metrics.TomcatMetricsAutoConfiguration;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;

/**
 * The entry point: the REST API, the NBD listener and the actuator in one process.
 *
 * <p>What is excluded would only make the start longer: nothing here has aspects or tasks of
 * Spring's, nothing but the configuration is validated by annotations, and Tomcat's own metrics
 * need the platform's MBeans for the little they tell. Jackson 2 is there for the client of
 * Kubernetes alone.
 */
@SpringBootApplication(
    exclude = {
      AopAutoConfiguration.class,
      ScheduledTasksObservationAutoConfiguration.class,
      TaskExecutionAutoConfiguration.class,
      TaskExecutorMetricsAutoConfiguration.class,
      TaskSchedulingAutoConfiguration.class,
      TomcatMetricsAutoConfiguration.class,
      ValidationAutoConfiguration.class,
    },
    excludeName =
        "org.springframework.boot.actuate.autoconfigure.endpoint.jackson.Jackson2EndpointAutoConfiguration")
@ConfigurationPropertiesScan
public class SluiceApplication {

  /** Starts the service; arguments are Spring Boot's ({@code --server.port=0}). */
  public static void main(String[] args) {
    // The JDK reads it once. Nobody needs it, and each time costs a signature.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    // So are these. A pod that comes back has another address, and is not to be looked for at the
    // old one.
    Security.setProperty("networkaddress.cache.ttl", "5");
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
    SpringApplication.run(SluiceApplication.class, Utf8Words.arguments(args));
  }
}
