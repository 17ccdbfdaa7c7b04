package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code qemu-storage-daemon}: the jobs by which a running qemu copies a guest's disk. */
public final class StorageDaemon implements AutoCloseable {

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(20);
  private static final Duration COPIES_WITHIN = Duration.ofSeconds(60);
  private static final String SOURCE = "source";
  private static final String TARGET = "target";
  private static final String JOB = "copy";

  private final Path socket = Workspace.newPath("qmp");
  private final Command.Running process;
  private final Qmp qmp;

  private StorageDaemon(Command daemon) {
    process =
        daemon
            .with("--chardev", "socket,id=control,path=" + socket + ",server=on,wait=off")
            .with("--monitor", "chardev=control")
            .start();
    boolean connected = false;
    try {
      // Its socket has a name before it listens.
      qmp =
          await()
              .atMost(STARTS_WITHIN)
              .ignoreException(ConnectException.class)
              .until(() -> Files.exists(socket) ? Qmp.connect(socket) : null, Objects::nonNull);
      connected = true;
    } finally {
      if (!connected) {
        process.close();
      }
    }
  }

  public static StorageDaemon start() {
    return start(Command.of("qemu-storage-daemon"));
  }

  /** Starts a certain one, by a command without arguments. */
  public static StorageDaemon start(Command daemon) {
    return new StorageDaemon(daemon);
  }

  /** Options of a block device that is a raw disk in a file. */
  public static Map<String, ?> file(Disk disk) {
    return raw(Map.of("driver", "file", "filename", disk.path().toString()));
  }

  /** The same with an error for whoever reads the sector that has this offset. */
  public static Map<String, ?> fileWithABadSector(Disk disk, long offset) {
    Map<String, ?> image = Map.of("driver", "file", "filename", disk.path().toString());
    Map<String, ?> error = Map.of("event", "none", "iotype", "read", "sector", offset / 512);
    return raw(
        Map.of("driver", "blkdebug", "image", image, "inject-error", new Map<?, ?>[] {error}));
  }

  private static Map<String, ?> raw(Map<String, ?> file) {
    return Map.of("driver", "raw", "read-only", true, "file", file);
  }

  /** Opens an export as the block device that jobs write. */
  public void openTarget(URI uri, Map<String, ?> options) {
    Map<String, Object> device = new HashMap<>(options);
    device.put("driver", "nbd");
    device.put("node-name", TARGET);
    device.put("server", server(uri));
    device.put("export", uri.getPath().substring(1));
    qmp.execute("blockdev-add", device);
  }

  private static Map<String, String> server(URI uri) {
    return uri.getScheme().equals("nbd")
        ? Map.of("type", "inet", "host", uri.getHost(), "port", "" + uri.getPort())
        : Map.of("type", "unix", "path", uri.getQuery().substring("socket=".length()));
  }

  /**
   * Starts a job from a source to the target.
   *
   * @param command blockdev-backup or blockdev-mirror
   */
  public void begin(String command, Map<String, ?> source) {
    Map<String, Object> device = new HashMap<>(source);
    device.put("node-name", SOURCE);
    qmp.execute("blockdev-add", device);
    Map<String, Object> job = new HashMap<>();
    job.put("job-id", JOB);
    job.put("device", SOURCE);
    job.put("target", TARGET);
    job.put("sync", "full");
    job.put("auto-dismiss", false);
    qmp.execute(command, job);
  }

  /** Waits for the job's end; answers its error, if it failed. */
  public Optional<String> awaitEnd() {
    if (awaitStatus(Set.of("ready", "concluded")).get("status").stringValue().equals("ready")) {
      qmp.execute("job-complete", Map.of("id", JOB)); // a mirror goes on until it is told
    }
    JsonNode error = awaitStatus(Set.of("concluded")).get("error");
    qmp.execute("job-dismiss", Map.of("id", JOB));
    qmp.execute("blockdev-del", Map.of("node-name", SOURCE));
    return Optional.ofNullable(error).map(JsonNode::stringValue);
  }

  /** Lets go of the export, with a flush and a goodbye. */
  public void closeTarget() {
    qmp.execute("blockdev-del", Map.of("node-name", TARGET));
  }

  private JsonNode awaitStatus(Set<String> expected) {
    return await()
        .atMost(COPIES_WITHIN)
        .until(this::job, job -> expected.contains(job.get("status").stringValue()));
  }

  private JsonNode job() {
    JsonNode jobs = qmp.execute("query-jobs", Map.of());
    assertThat(jobs.size()).isEqualTo(1);
    return jobs.get(0);
  }

  /** Ends it as a crash would: it says no goodbye to an export that is still open. */
  public void kill() {
    process.kill();
    process.await();
  }

  @Override
  public void close() {
    try (process;
        qmp) {
      if (process.isAlive()) {
        qmp.execute("quit", Map.of());
        process.await();
      }
    }
    Workspace.remove(socket);
  }
}
