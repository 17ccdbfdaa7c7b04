package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * What is packaged as a process of its own, on free ports: the jar beside its libraries, as in the
 * image and in the Debian package. Needs {@code mvn package}.
 */
public final class SluiceProcess implements Sluice, AutoCloseable {

  private static final Path JAR =
      Path.of("target", "deb", "program", "sluice.jar").toAbsolutePath();
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
  private static final Pattern PORT = Pattern.compile("Tomcat started on ports? (\\d+)");

  private final Path root;
  private final Command command;
  private final Command.Running process;
  private final ExportsApi api;

  private SluiceProcess(Path root, Command command) {
    this(root, command, "");
  }

  private SluiceProcess(Path root, Command command, String token) {
    assertThat(JAR).exists();
    this.root = root;
    this.command = command;
    process = command.start();
    boolean started = false;
    try {
      await().atMost(STARTS_WITHIN).until(() -> hasStarted(log()) || !process.isAlive());
      Matcher port = PORT.matcher(log());
      assertThat(port.find()).as(log()).isTrue();
      api = new ExportsApi(Integer.parseInt(port.group(1)), token);
      started = true;
    } finally {
      if (!started) {
        process.close();
      }
    }
  }

  public static SluiceProcess start(Object... jvmOptions) {
    Path root = Workspace.newPath("root");
    return new SluiceProcess(root, jar(jvmOptions).with((Object[]) settings(root)));
  }

  /** Starts one that has this operator's token. */
  public static SluiceProcess startWithToken(String token, List<String> options) {
    Path root = Workspace.newPath("root");
    Command command =
        jar(options.toArray())
            .with((Object[]) settings(root))
            .with("--sluice.security.tokens=" + token);
    return new SluiceProcess(root, command, token);
  }

  /**
   * Starts one with endpoints below a folder.
   *
   * @param how changes the command; options of other keys for the service can follow
   */
  public static SluiceProcess start(Path root, UnaryOperator<Command> how) {
    return new SluiceProcess(root, how.apply(jar().with((Object[]) settings(root))));
  }

  /** Another process in the same place, after the end of this one. */
  public SluiceProcess startAgain() {
    Awaitility.await("the end of the one before")
        .until(() -> !isRunning()); // a killed one takes a moment
    return new SluiceProcess(root, command.with());
  }

  /** Free ports, a Unix socket and endpoints below a folder. */
  static String[] settings(Path root) {
    return new String[] {
      "--server.port=0",
      // Connections that are kept would look like leaked descriptors.
      "--server.tomcat.max-keep-alive-requests=1",
      "--sluice.nbd.port=0",
      "--sluice.nbd.unix-socket=" + root + ".sock",
      "--sluice.exports.roots=" + root,
      "--sluice.exports.store=" + root + ".store",
      // On a busy machine qemu-img -W has been 80 MB ahead, beyond the default of 64 MB.
      "--sluice.exports.reorder-window=256MB"
    };
  }

  /**
   * The jar, after these options for the JVM; those for the service can follow. Before them stand
   * those with which it starts with a fraction of the work: most of these processes end soon.
   */
  public static Command jar(Object... jvmOptions) {
    Command java =
        Command.of(JAVA)
            .with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
            .with("-Dsluice.exports.drain-timeout=0s");
    return java.with("-XX:AOTCache=" + StartCache.of(JAR, java)).with(jvmOptions).with("-jar", JAR);
  }

  /** Whether a service with this log takes requests. */
  static boolean hasStarted(String log) {
    return log.contains("Started SluiceApplication");
  }

  @Override
  public ExportsApi api() {
    return api;
  }

  @Override
  public boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public Path root() {
    return root;
  }

  public Command.Running process() {
    return process;
  }

  public String log() {
    return process.outputSoFar();
  }

  /** How many descriptors the process has. */
  public int descriptors() {
    String[] names = Path.of("/proc", Long.toString(process.pid()), "fd").toFile().list();
    return names == null ? 0 : names.length;
  }

  @Override
  public void close() {
    api.close();
    process.close();
  }
}
