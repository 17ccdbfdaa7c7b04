package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Peers;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.MountableFile;

/** A Debian 13 without a network, on which the package can be installed. */
final class DebianMachine implements AutoCloseable {

  static final Path PACKAGE = Path.of("target", "sluice.deb").toAbsolutePath();

  private static final String JAVA = "/opt/java";
  private static final String DEB = "/tmp/sluice.deb";

  private static final String INSTALL_JAVA =
      """
      mkdir -p /tmp/java/DEBIAN /tmp/java/usr/lib/jvm
      ln -s JAVA /tmp/java/usr/lib/jvm/java-25
      printf '%s: %s\\n' Package openjdk-25-jre-headless Version 25 Architecture all \
        Maintainer nobody Description Java > /tmp/java/DEBIAN/control
      dpkg-deb --build /tmp/java /tmp/java.deb
      dpkg -i /tmp/java.deb
      """
          .replace("JAVA", JAVA);

  /** All but what dpkg remembers, and what the kernel has. */
  private static final String FILES =
      """
      find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /var/lib/dpkg \
        -o -path /var/log -o -path '/etc/*-' -o -path '/etc/.pwd.lock' \\) -prune -o -print | sort
      cat /etc/passwd /etc/group
      """;

  private final GenericContainer<?> container;

  /** Starts one, which has no Java until one comes. */
  DebianMachine() {
    Peers.requireDocker();
    assertThat(PACKAGE).exists();
    container =
        new GenericContainer<>("debian:trixie-slim")
            .withCommand("sleep", "infinity")
            .withNetworkMode("none")
            .withFileSystemBind(System.getProperty("java.home"), JAVA, BindMode.READ_ONLY)
            .withCopyFileToContainer(MountableFile.forHostPath(PACKAGE), DEB);
    container.start();
  }

  /** Runs a script as root, which has to succeed; what it has printed, errors as well. */
  String run(String script) throws Exception {
    ExecResult result = tryOut(script);
    assertThat(result.getExitCode()).as("%s: %s", script, result).isZero();
    return result.getStdout() + result.getStderr();
  }

  /** Runs a script as root. */
  ExecResult tryOut(String script) throws Exception {
    return container.execInContainer("bash", "-euo", "pipefail", "-c", script);
  }

  /** Puts a file there that everybody may execute. */
  void put(String path, String content) {
    container.copyFileToContainer(Transferable.of(content, 0755), path);
  }

  /** Installs a Java, by a package that dpkg knows all about. */
  void installJava() throws Exception {
    run(INSTALL_JAVA);
  }

  /** Installs the package, whether there is a Java or not. */
  String install() throws Exception {
    return run("dpkg --ignore-depends=openjdk-25-jre-headless -i " + DEB);
  }

  /** Every file, and every user and group. */
  List<String> content() throws Exception {
    return run(FILES).lines().toList();
  }

  @Override
  public void close() {
    container.stop();
  }
}
