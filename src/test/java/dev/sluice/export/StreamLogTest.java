package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.logging.LogContext;
import dev.sluice.logging.LogQuota;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.KeyValuePair;

/** What the log says of streams. */
class StreamLogTest {

  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    MDC.clear();
  }

  private static StreamStatus status(
      StreamState state, @Nullable Instant end, @Nullable String failure) {
    return new StreamStatus(state, 7, 0, START, end, failure, null, null, null);
  }

  @Test
  void anEndIsOneAuditLineWithAllThereIsToKnow() {
    StreamStatus failed = status(StreamState.FAILED, START.plusMillis(1500), "the tape tore");

    new StreamLog("vm1", Direction.WRITE).stateChanged(failed);

    ILoggingEvent line = lines.list.getFirst();
    assertThat(lines.list).hasSize(1);
    assertThat(line.getLoggerName()).isEqualTo("dev.sluice.audit");
    assertThat(line.getFormattedMessage())
        .isEqualTo(
            "Export vm1 (write) is FAILED at 7 after 1.500 s, since 2026-01-02T03:04:05Z:"
                + " the tape tore");
    assertThat(line.getMDCPropertyMap()).containsEntry("export", "vm1");
    assertThat(line.getKeyValuePairs())
        .extracting(pair -> pair.key, pair -> pair.value)
        .containsExactly(
            tuple("direction", "write"),
            tuple("outcome", StreamState.FAILED),
            tuple("bytes", 7L),
            tuple("start", START),
            tuple("end", START.plusMillis(1500)),
            tuple("duration", 1.5),
            tuple("failure", "the tape tore"));
  }

  @Test
  void anotherChangeIsAnOrdinaryLine() {
    new StreamLog("vm1", Direction.READ).stateChanged(status(StreamState.STREAMING, null, null));

    ILoggingEvent line = lines.list.getFirst();
    assertThat(line.getLoggerName()).isEqualTo(StreamLog.class.getName());
    assertThat(line.getFormattedMessage()).startsWith("Export vm1 (read) is STREAMING at 7 after ");
    assertThat(line.getKeyValuePairs()).isNull();
  }

  @Test
  void aStreamThatComesAndGoesIsLoggedForAWhileAndItsEndAlways() {
    StreamLog log = new StreamLog("vm1", Direction.WRITE);
    for (int i = 0; i < 1000; i++) {
      StreamStatus lost = status(StreamState.INTERRUPTED, null, "the client left");
      log.stateChanged(lost);
    }
    log.stateChanged(status(StreamState.FAILED, START, "x"));

    assertThat(lines.list).hasSize(LogQuota.LINES + 1);
    assertThat(lines.list.get(LogQuota.LINES - 1).getFormattedMessage())
        .endsWith("the client left (no more such lines of this export for a minute)");
    assertThat(lines.list.getLast().getFormattedMessage()).contains("is FAILED at 7");
  }

  @Test
  void noFailureCanForgeALine() {
    String forged = "gone\n2026-01-02 INFO \r\u0085\u2028\u2029\u001b[31m forged";

    new StreamLog("vm1", Direction.WRITE).stateChanged(status(StreamState.FAILED, START, forged));

    ILoggingEvent line = lines.list.getFirst();
    String clean = "gone?2026-01-02 INFO ?????[31m forged";
    assertThat(line.getFormattedMessage()).endsWith(clean);
    KeyValuePair failure = line.getKeyValuePairs().getLast();
    assertThat(failure.value).isEqualTo(clean);
  }

  @Test
  void theContextOfASessionIsThereAgainAfterALine() {
    try (LogContext _ = LogContext.of("vm1", 17)) {
      new StreamLog("vm1", Direction.WRITE).stateChanged(status(StreamState.STREAMING, null, null));

      assertThat(lines.list.getFirst().getMDCPropertyMap())
          .containsEntry("export", "vm1")
          .containsEntry("session", "17");
      assertThat(MDC.get("session")).isEqualTo("17");
    }
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }
}
