package dev.sluice.cli.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.ExportProperties;
import dev.sluice.server.NbdProperties;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import picocli.CommandLine;

class StreamOptionsTest {

  private static StreamSettings settings(String... options) {
    return CommandLine.populateCommand(new StreamOptions(), options).settings(OptionalLong.of(7));
  }

  private static <T> T defaults(String prefix, Class<T> type) {
    return new Binder(List.<ConfigurationPropertySource>of()).bindOrCreate(prefix, type);
  }

  private static Arguments row(
      String option, Function<StreamSettings, Object> field, Object expected) {
    return Arguments.of(option, field, expected);
  }

  static final List<Arguments> ROWS =
      List.of(
          row("--reorder-window=1G", StreamSettings::reorderWindow, 1L << 30),
          row("--head-window=1M", StreamSettings::headWindow, 1 << 20),
          row("--resume-window=2s", StreamSettings::resumeWindow, 1024L),
          row("--peer-timeout=3", each -> each.timeouts().peer(), Duration.ofSeconds(3)),
          row("--idle-timeout=500ms", each -> each.timeouts().idle(), Duration.ofMillis(500)),
          row("--resume-timeout=1h", each -> each.timeouts().resume(), Duration.ofHours(1)),
          row("--lifetime=2d", each -> each.timeouts().lifetime(), Duration.ofDays(2)),
          row("--stall-timeout=0", each -> each.timeouts().stall(), Duration.ZERO),
          row("--end-timeout=1m", each -> each.timeouts().end(), Duration.ofMinutes(1)),
          row("--pad-tail", each -> each.assurances().padTail(), true),
          row("--accept-close", each -> each.assurances().acceptClose(), true),
          row("--accept-unread", each -> each.assurances().acceptUnread(), true),
          row("--accept-excess", each -> each.assurances().acceptExcess(), true),
          row("--copy", StreamSettings::copy, true),
          row("--digest=SHA-256", StreamSettings::sha256, true),
          row("--digest=sha-256", StreamSettings::sha256, true),
          row("--rate-limit=100k", StreamSettings::rateLimit, 102_400L));

  @ParameterizedTest
  @FieldSource("ROWS")
  void anOptionSetsItsField(
      String option, Function<StreamSettings, Object> field, Object expected) {
    assertThat(field.apply(settings(option))).isEqualTo(expected);
    assertThat(field.apply(settings())).isNotEqualTo(expected);
  }

  @Test
  void theSizeIsThatOfTheParameters() {
    assertThat(settings().size()).hasValue(7);
  }

  @Test
  void theDefaultsAreThoseOfTheService() {
    ExportProperties service = defaults("sluice.exports", ExportProperties.class);

    assertThat(settings())
        .isEqualTo(
            new StreamSettings(
                OptionalLong.of(7),
                service.reorderWindow().toBytes(),
                Math.toIntExact(service.headWindow().toBytes()),
                service.resumeWindow().toBytes(),
                new Timeouts(
                    service.peerTimeout(),
                    service.idleTimeout(),
                    service.resumeTimeout(),
                    service.lifetime(),
                    service.stallTimeout(),
                    service.endTimeout()),
                Assurances.NONE,
                service.copy(),
                false,
                0));
  }

  @Test
  void theListenersDefaultsAreThoseOfTheService() {
    ServerOptions options = new ServerOptions();
    NbdProperties listener = StreamServer.listener(options.address(), new TlsOptions());

    assertThat(listener).isEqualTo(defaults("sluice.nbd", NbdProperties.class));
  }
}
