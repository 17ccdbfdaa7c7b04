package dev.sluice.export;

import dev.sluice.stream.StreamSettings;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What exports may use. A timeout of zero means that there is none.
 *
 * @param roots folders below which endpoints may live; missing ones are made with mode 0700
 * @param fifoMode permissions of the FIFOs that are made, in octal, such as "0600"
 * @param listed whether exports are told to clients that ask for a list
 * @param reorderWindow memory a stream may use for bytes that come out of order
 * @param headWindow bytes at the start of a stream that clients may rewrite or reread
 * @param peerTimeout how long a client's request waits for a peer to open the endpoint
 * @param idleTimeout how long a started stream may stand still before it fails
 * @param resumeTimeout how long an interrupted stream waits for another client before it fails
 * @param lifetime how long an export may be there before it fails, unless its bytes are moving
 * @param windowMemory memory that the windows of all streams may use together
 * @param drainTimeout how long streams that have clients go on when the service is told to stop
 * @param drainLinger how long the REST API stays when the last of those streams has ended
 * @param max how many exports there may be that have not ended
 * @param keepEnded how many ended exports are remembered; beyond that the one that ended first is
 *     forgotten
 */
@Validated
@ConfigurationProperties("sluice.exports")
public record ExportProperties(
    @NotEmpty List<Path> roots,
    @DefaultValue("0600")
        @Pattern(regexp = "0[0-7]{3}", message = "must be four octal digits in quotes, as \"0600\"")
        String fifoMode,
    @DefaultValue("false") boolean listed,
    @DefaultValue("64MB") DataSize reorderWindow,
    @DefaultValue("64KB") DataSize headWindow,
    @DefaultValue("10m") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration peerTimeout,
    @DefaultValue("30m") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration idleTimeout,
    @DefaultValue("60s") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration resumeTimeout,
    @DefaultValue("0") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration lifetime,
    @DefaultValue("512MB") DataSize windowMemory,
    @DefaultValue("30s") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration drainTimeout,
    @DefaultValue("3s") @DurationMin @DurationMax(days = MAX_TIMEOUT_DAYS) Duration drainLinger,
    @DefaultValue("1000") @Positive int max,
    @DefaultValue("1000") @PositiveOrZero int keepEnded) {

  /** A hundred years, which still fit a long's nanoseconds. */
  static final int MAX_TIMEOUT_DAYS = 36_500;

  static final DataSize MAX_HEAD = DataSize.ofGigabytes(1);
  static final DataSize MAX_REORDER = DataSize.ofTerabytes(1);

  /** The default of the roots depends on the system, so no annotation can give it. */
  public ExportProperties {
    roots = roots == null ? List.of(defaultRoot()) : List.copyOf(roots);
  }

  /** The only root unless roots are configured. */
  static Path defaultRoot() {
    return Path.of(System.getProperty("java.io.tmpdir"), "sluice");
  }

  /** The permission bits of {@link #fifoMode}. */
  int fifoPermissions() {
    return Integer.parseInt(fifoMode, 8);
  }

  @AssertTrue(message = "sluice.exports.reorder-window must be from 0B to 1TB")
  boolean isReorderWindowInRange() {
    return isBetweenZeroAnd(MAX_REORDER, reorderWindow);
  }

  @AssertTrue(message = "sluice.exports.head-window must be from 0B to 1GB")
  boolean isHeadWindowInRange() {
    return isBetweenZeroAnd(MAX_HEAD, headWindow);
  }

  @AssertTrue(
      message = "sluice.exports.window-memory must have room for both windows of one stream")
  boolean isWindowMemoryEnough() {
    return StreamSettings.mostMemory(reorderWindow.toBytes(), headWindow.toBytes())
        <= windowMemory.toBytes();
  }

  private static boolean isBetweenZeroAnd(DataSize max, DataSize size) {
    return !size.isNegative() && size.compareTo(max) <= 0;
  }
}
