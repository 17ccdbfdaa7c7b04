package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class NbdIdentificationTest {

  @EnableConfigurationProperties(NbdProperties.class)
  private static class Configuration {}

  private static void with(Consumer<NbdIdentification> check, String... properties) {
    new ApplicationContextRunner()
        .withUserConfiguration(Configuration.class)
        .withBean(NbdIdentification.class)
        .withPropertyValues(properties)
        .run(context -> check.accept(context.getBean(NbdIdentification.class)));
  }

  @Test
  void withoutTlsNobodyCanShowACertificate() {
    with(
        identification ->
            assertThat(identification.whyNoCertificate())
                .hasValueSatisfying(why -> assertThat(why).contains("sluice.nbd.tls.mode is off")),
        "sluice.nbd.tls.client-auth=need");
  }

  @Test
  void nobodyDoesWhoIsNotAsked() {
    with(
        identification ->
            assertThat(identification.whyNoCertificate())
                .hasValueSatisfying(
                    why -> assertThat(why).contains("sluice.nbd.tls.client-auth is none")),
        "sluice.nbd.tls.mode=allow",
        "sluice.nbd.tls.bundle=nbd");
  }

  @Test
  void whoIsAskedMayShowOne() {
    with(
        identification -> assertThat(identification.whyNoCertificate()).isEmpty(),
        "sluice.nbd.tls.mode=allow",
        "sluice.nbd.tls.bundle=nbd",
        "sluice.nbd.tls.client-auth=want");
  }

  @Test
  void withoutAPortNobodyHasAnAddress() {
    with(
        identification ->
            assertThat(identification.whyNoAddress())
                .hasValueSatisfying(why -> assertThat(why).contains("sluice.nbd.port is -1")),
        "sluice.nbd.port=-1");
    with(
        identification -> assertThat(identification.whyNoAddress()).isEmpty(), "sluice.nbd.port=0");
  }
}
