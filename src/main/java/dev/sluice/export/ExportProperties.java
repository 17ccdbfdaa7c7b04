package dev.sluice.export;

import static dev.sluice.configuration.TextForm.FILE_MODE;
import static dev.sluice.configuration.TextForm.PATH;
import static java.time.temporal.ChronoUnit.SECONDS;

import dev.sluice.configuration.RelatedKeys;
import dev.sluice.configuration.Within;
import dev.sluice.configuration.WrittenAs;
import dev.sluice.posix.FilePath;
import dev.sluice.stream.StreamSettings;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The configuration of exports. A timeout of zero means no limit.
 *
 * @param roots folders below which endpoints may be; missing ones are created with mode 0700
 * @param fifoMode permissions of new FIFOs, in octal, such as "0600"
 * @param fifoGroup the number of their group; if null, the one that Linux assigns
 * @param listed whether NBD clients that ask for a list see the exports
 * @param reorderWindow memory that a stream may use for bytes out of order
 * @param headWindow bytes at the start of a stream that clients may rewrite or reread
 * @param resumeWindow bytes below the position that a stream keeps for a client that comes back
 * @param copy whether clients' payload is copied before it is acknowledged
 * @param peerTimeout how long a client's request waits for a peer to open the endpoint
 * @param idleTimeout how long a started stream may stand still before it fails
 * @param resumeTimeout how long an interrupted stream waits for another client before it fails
 * @param lifetime how long an export may exist before it fails, unless its bytes are moving
 * @param stallTimeout how long a client may stand still within a request while another waits
 * @param endTimeout how long the peer of a read stream may take to close its end after the last
 *     byte
 * @param finishWait how long a request that finishes an export waits for its end before it is
 *     answered
 * @param windowMemory memory for the windows of all streams together
 * @param windowShare how much of it one stream may use, in percent
 * @param drainTimeout how long streams that have clients go on when the service is told to stop
 * @param drainLinger how long the REST API stays after the last of those streams has ended
 * @param dataStreams the limit of peers that come by HTTP
 * @param max the limit of exports that have not ended
 * @param keepEnded how many ended exports are remembered; beyond that, those that ended first are
 *     forgotten
 * @param retention how long an ended export is remembered
 * @param store the folder in which exports are kept across restarts, or "none"
 */
@Validated
@ConfigurationProperties("sluice.exports")
public record ExportProperties(
    @NotEmpty(message = "must name at least one folder") @WrittenAs(PATH) List<String> roots,
    @DefaultValue("0600") @WrittenAs(FILE_MODE) String fifoMode,
    @Min(value = 0, message = "{group}") @Nullable Integer fifoGroup,
    @DefaultValue("false") boolean listed,
    @DefaultValue("64MB") @Within(from = "0B", to = MAX_REORDER) DataSize reorderWindow,
    @DefaultValue("64KB") @Within(from = "0B", to = MAX_HEAD) DataSize headWindow,
    @DefaultValue("0B") @Within(from = "0B", to = MAX_REORDER) DataSize resumeWindow,
    @DefaultValue("false") boolean copy,
    @DefaultValue("10m") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration peerTimeout,
    @DefaultValue("30m") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration idleTimeout,
    @DefaultValue("60s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration resumeTimeout,
    @DefaultValue("0") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration lifetime,
    @DefaultValue("10s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration stallTimeout,
    @DefaultValue("2s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration endTimeout,
    @DefaultValue("5s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration finishWait,
    @DefaultValue("512MB") DataSize windowMemory,
    @DefaultValue("80") @Range(min = 1, max = 100, message = "{percent}") int windowShare,
    @DefaultValue("30s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration drainTimeout,
    @DefaultValue("3s") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration drainLinger,
    @DefaultValue("128") @Min(1) int dataStreams,
    @DefaultValue("1000") @Min(1) int max,
    @DefaultValue("1000") @Min(0) int keepEnded,
    @DefaultValue("7d") @DurationUnit(SECONDS) @Within(to = LONGEST) Duration retention,
    @WrittenAs(PATH) String store)
    implements RelatedKeys {

  /** A hundred years: that many nanoseconds still fit into a long. */
  public static final int MAX_TIMEOUT_DAYS = 36_500;

  /** The largest head window. */
  public static final String MAX_HEAD = "1GB";

  /** The largest reorder window, and resume window. */
  public static final String MAX_REORDER = "1TB";

  /** The value of {@code store} if nothing is to be kept. */
  public static final String NO_STORE = "none";

  private static final String LONGEST = MAX_TIMEOUT_DAYS + "d";

  /** Sets the defaults that depend on the system, which annotations cannot. */
  public ExportProperties {
    roots = roots == null ? List.of(DefaultRoot.path()) : List.copyOf(roots);
    store = store == null ? DefaultStore.path() : store;
  }

  /** Returns the paths of {@link #roots}. */
  List<FilePath> rootPaths() {
    return roots.stream().map(FilePath::configured).toList();
  }

  /** Returns the path of {@link #store}; empty if nothing is kept. */
  Optional<FilePath> storePath() {
    return store.equals(NO_STORE) ? Optional.empty() : Optional.of(FilePath.configured(store));
  }

  /** Returns the permission bits of {@link #fifoMode}. */
  int fifoPermissions() {
    return Integer.parseInt(fifoMode, 8);
  }

  /** Returns how much of the window memory one stream may use, in bytes. */
  public long mostOfOne() {
    long bytes = windowMemory.toBytes();
    return bytes / 100 * windowShare + bytes % 100 * windowShare / 100;
  }

  @Override
  public Map<String, String> misfits() {
    long memory =
        StreamSettings.mostMemory(
            reorderWindow.toBytes(), headWindow.toBytes(), resumeWindow.toBytes());
    return windowShare < 1 || windowShare > 100 || memory <= mostOfOne()
        ? Map.of()
        : Map.of(
            "windowMemory",
            "must have room, in the %d %% of it that one stream may have (window-share), for its reorder, head and resume windows: %dB"
                .formatted(windowShare, memory));
  }
}
