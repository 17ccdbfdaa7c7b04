package dev.sluice.export;

import dev.sluice.configuration.FileRights;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.StreamSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * What exports may use. A timeout of zero means that there is none.
 *
 * @param roots folders below which endpoints may live; missing ones are made with mode 0700
 * @param fifoMode permissions of the FIFOs that are made, in octal, such as "0600"
 * @param fifoGroup the number of the group that they get; what Linux gives them if not set
 * @param listed whether exports are told to clients that ask for a list
 * @param reorderWindow memory a stream may use for bytes that come out of order
 * @param headWindow bytes at the start of a stream that clients may rewrite or reread
 * @param resumeWindow bytes below the position that a stream keeps for a client that comes back
 * @param copy whether clients' payload is copied before it is acknowledged
 * @param peerTimeout how long a client's request waits for a peer to open the endpoint
 * @param idleTimeout how long a started stream may stand still before it fails
 * @param resumeTimeout how long an interrupted stream waits for another client before it fails
 * @param lifetime how long an export may be there before it fails, unless its bytes are moving
 * @param stallTimeout how long a client may stand still within a request while another waits
 * @param endTimeout how long the peer of a read stream may take to close its end after the last
 *     byte
 * @param finishWait how long the answer to a request that finishes an export waits for its end
 * @param windowMemory memory that the windows of all streams may use together
 * @param windowShare how much of it one stream may use, in percent
 * @param drainTimeout how long streams that have clients go on when the service is told to stop
 * @param drainLinger how long the REST API stays when the last of those streams has ended
 * @param max how many exports there may be that have not ended
 * @param keepEnded how many ended exports are remembered; beyond that the one that ended first is
 *     forgotten
 */
@ConfigurationProperties("sluice.exports")
public record ExportProperties(
    List<String> roots,
    @DefaultValue("0600") String fifoMode,
    @Nullable Integer fifoGroup,
    @DefaultValue("false") boolean listed,
    @DefaultValue("64MB") DataSize reorderWindow,
    @DefaultValue("64KB") DataSize headWindow,
    @DefaultValue("0B") DataSize resumeWindow,
    @DefaultValue("false") boolean copy,
    @DefaultValue("10m") @DurationUnit(ChronoUnit.SECONDS) Duration peerTimeout,
    @DefaultValue("30m") @DurationUnit(ChronoUnit.SECONDS) Duration idleTimeout,
    @DefaultValue("60s") @DurationUnit(ChronoUnit.SECONDS) Duration resumeTimeout,
    @DefaultValue("0") @DurationUnit(ChronoUnit.SECONDS) Duration lifetime,
    @DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration stallTimeout,
    @DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) Duration endTimeout,
    @DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration finishWait,
    @DefaultValue("512MB") DataSize windowMemory,
    @DefaultValue("80") int windowShare,
    @DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration drainTimeout,
    @DefaultValue("3s") @DurationUnit(ChronoUnit.SECONDS) Duration drainLinger,
    @DefaultValue("1000") int max,
    @DefaultValue("1000") int keepEnded)
    implements Validator {

  /** A hundred years, which still fit a long's nanoseconds. */
  public static final int MAX_TIMEOUT_DAYS = 36_500;

  /** The largest head window. */
  public static final DataSize MAX_HEAD = DataSize.ofGigabytes(1);

  /** The largest reorder window, and resume window. */
  public static final DataSize MAX_REORDER = DataSize.ofTerabytes(1);

  /** The default of the roots depends on the system, so no annotation can give it. */
  public ExportProperties {
    roots = roots == null ? List.of(DefaultRoot.path()) : List.copyOf(roots);
  }

  /** The paths of {@link #roots}. */
  List<FilePath> rootPaths() {
    return roots.stream().map(FilePath::configured).toList();
  }

  /** The permission bits of {@link #fifoMode}. */
  int fifoPermissions() {
    return FileRights.bits(fifoMode);
  }

  /** What one stream may have of the window memory, in bytes. */
  public long mostOfOne() {
    long bytes = windowMemory.toBytes();
    return bytes / 100 * windowShare + bytes % 100 * windowShare / 100;
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == ExportProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    ((ExportProperties) target).check(errors);
  }

  private void check(Errors errors) {
    if (roots.isEmpty()) {
      errors.rejectValue("roots", "empty", "must name at least one folder");
    }
    for (String root : roots) {
      String complaint = FilePath.complaint(root);
      if (complaint != null) {
        errors.rejectValue("roots", "path", "must be paths: " + complaint);
      }
    }
    FileRights.check("fifoMode", fifoMode, "fifoGroup", fifoGroup, errors);
    if (reorderWindow.isNegative() || reorderWindow.compareTo(MAX_REORDER) > 0) {
      errors.rejectValue("reorderWindow", "range", "must be from 0B to 1TB");
    }
    if (headWindow.isNegative() || headWindow.compareTo(MAX_HEAD) > 0) {
      errors.rejectValue("headWindow", "range", "must be from 0B to 1GB");
    }
    requireTimeout("peerTimeout", peerTimeout, errors);
    requireTimeout("idleTimeout", idleTimeout, errors);
    requireTimeout("resumeTimeout", resumeTimeout, errors);
    requireTimeout("lifetime", lifetime, errors);
    requireTimeout("stallTimeout", stallTimeout, errors);
    requireTimeout("endTimeout", endTimeout, errors);
    requireTimeout("finishWait", finishWait, errors);
    requireTimeout("drainTimeout", drainTimeout, errors);
    requireTimeout("drainLinger", drainLinger, errors);
    if (resumeWindow.isNegative() || resumeWindow.compareTo(MAX_REORDER) > 0) {
      errors.rejectValue("resumeWindow", "range", "must be from 0B to 1TB");
    }
    long memory =
        StreamSettings.mostMemory(
            reorderWindow.toBytes(), headWindow.toBytes(), resumeWindow.toBytes());
    if (windowShare < 1 || windowShare > 100) {
      errors.rejectValue("windowShare", "range", "must be from 1 to 100 (percent)");
    } else if (memory > mostOfOne()) {
      errors.rejectValue(
          "windowMemory",
          "range",
          "must have room, in the %d %% of it that one stream may have (window-share), for its reorder, head and resume windows: %dB"
              .formatted(windowShare, memory));
    }
    if (max < 1) {
      errors.rejectValue("max", "range", "must be 1 or more");
    }
    if (keepEnded < 0) {
      errors.rejectValue("keepEnded", "range", "must be 0 or more");
    }
  }

  private static void requireTimeout(String field, Duration timeout, Errors errors) {
    if (timeout.isNegative() || timeout.compareTo(Duration.ofDays(MAX_TIMEOUT_DAYS)) > 0) {
      errors.rejectValue(field, "range", "must be from 0 to %dd".formatted(MAX_TIMEOUT_DAYS));
    }
  }
}
