package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Workspace;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;

/** The Debian package, and what it leaves of a machine. */
class PackageIT {

  /** The service as its unit has it, as far as that goes without systemd. */
  private static final String SERVICE =
      """
      #!/bin/bash
      unit=/usr/lib/systemd/system/sluice.service
      of() { sed -n "s/^$1=//p" $unit; }
      install -d -o "$(of User)" -g "$(of Group)" -m "$(of RuntimeDirectoryMode)" "/run/$(of RuntimeDirectory)"
      install -d -o "$(of User)" -g "$(of Group)" -m "$(of StateDirectoryMode)" "$(of WorkingDirectory)"
      cd "$(of WorkingDirectory)"
      umask "$(of UMask)"
      set -a; . "$(of EnvironmentFile | sed 's/^-//')"; set +a
      exec env -i PATH=/usr/bin:/bin $(of Environment) setpriv --reuid "$(of User)" \
        --regid "$(of Group)" --clear-groups --no-new-privs --bounding-set=-all $(of ExecStart)
      """;

  private static final String READY =
      """
      for _ in {1..900}; do
        if exec 3<> /dev/tcp/127.0.0.1/8081; then
          printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
          if head -n 1 <&3 | grep ' 200'; then exit; fi
        fi
        sleep 0.2
      done 2> /dev/null
      cat /root/log
      exit 1
      """;

  private static final String CREATE =
      """
      exec 3<> /dev/tcp/127.0.0.1/8080
      body='{"name": "disk", "path": "/run/sluice/disk.pipe", "direction": "write"}'
      printf 'POST /exports HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n' >&3
      printf 'Content-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#body} "$body" >&3
      head -n 1 <&3
      stat -c '%U %G %a %F' /run/sluice /run/sluice/disk.pipe
      """;

  /** Nobody waits for it, so it has ended when it has no arguments any more. */
  private static final String STOP =
      """
      pid=$(cat /root/pid)
      kill $pid
      for _ in {1..600}; do
        read -rd '' _ < /proc/$pid/cmdline || break
        sleep 0.1
      done 2> /dev/null
      ! read -rd '' _ < /proc/$pid/cmdline
      rm /root/pid /root/log /root/service
      """;

  private DebianMachine debian;

  @BeforeEach
  void start() {
    debian = new DebianMachine();
  }

  @AfterEach
  void stop() {
    if (debian != null) {
      debian.close();
    }
  }

  @Test
  void itSaysThatItNeedsJavaAndMakesItsCacheWhenOneComes() throws Exception {
    assertThat(debian.install()).contains("there is no cache for a quick start");
    assertThat(debian.tryOut("sluice --version").getStderr())
        .isEqualTo(
            """
            sluice: error: Java 25 or later is needed, and is neither in JAVA_HOME, nor on the PATH, nor below \
            /usr/lib/jvm. Install it (Debian: openjdk-25-jre-headless), or set JAVA_HOME.
            """);
    assertThat(debian.tryOut("sluice --version").getExitCode()).isEqualTo(1);

    debian.installJava();

    assertThat(debian.run("JDK_JAVA_OPTIONS=-XX:AOTMode=on sluice --version 2> /dev/null"))
        .startsWith("sluice ");
    assertThat(debian.run("ls -A /var/cache/sluice")).isEqualTo("command.aot\n");
  }

  @Test
  void aCacheThatIsNoneIsPassedOverInSilence() throws Exception {
    debian.installJava();
    debian.install();
    debian.run("echo damaged > /var/cache/sluice/command.aot");

    ExecResult stream =
        debian.tryOut("sluice -U - streaming write=/tmp/pipe --run 'printf %s \"$nbd\"'");

    assertThat(stream.getStdout()).startsWith("nbd+unix://");
    assertThat(stream.getStderr())
        .startsWith("sluice: error: the stream is WAITING")
        .hasLineCount(1);
  }

  @Test
  void bashCompletesCommands() throws Exception {
    debian.install();

    assertThat(
            debian.run(
                """
                set +eu
                . /usr/share/bash-completion/completions/sluice
                COMP_WORDS=(sluice str) COMP_CWORD=1
                _complete_sluice
                echo ${COMPREPLY[*]}
                """))
        .isEqualTo("streaming\n");
  }

  @Test
  void theServiceRunsAsItsUnitHasItAndPurgingLeavesNothing() throws Exception {
    debian.installJava();
    List<String> before = debian.content();
    debian.install();
    debian.put("/root/service", SERVICE);

    debian.run("/root/service > /root/log 2>&1 & echo $! > /root/pid");
    debian.run(READY);
    assertThat(debian.run(CREATE))
        .isEqualTo(
            """
            HTTP/1.1 201 \r
            sluice sluice 750 directory
            sluice sluice 660 fifo
            """);
    debian.run(STOP);
    debian.run("rm -rf /tmp/hsperfdata_sluice"); // PrivateTmp= removes it
    assertThat(debian.run("dpkg --purge sluice 2>&1")).doesNotContain("not empty");

    assertThat(debian.content()).isEqualTo(before);
  }

  @Test
  void systemdFindsNothingWrongWithTheUnit() {
    Peers.require("systemd-analyze", "dpkg-deb");
    Path root = Workspace.newFolder("package");
    Command.of("dpkg-deb", "-x", DebianMachine.PACKAGE, root).run().assertSucceeded();
    Path unit = root.resolve("usr/lib/systemd/system/sluice.service");

    // The program is looked for on this machine.
    Command.shell("sed -i s:^ExecStart=.*:ExecStart=/bin/true: $1", unit).run().assertSucceeded();
    assertThat(
            Command.shell("systemd-analyze verify --man=no $1 2>&1 | grep sluice; true", unit)
                .run()
                .assertSucceeded()
                .output())
        .isEmpty();
    assertThat(
            Command.of("systemd-analyze", "security", "--offline=yes", "--threshold=20", unit)
                .run()
                .assertSucceeded()
                .output())
        .contains("OK");
  }

  @Test
  void theManualIsPagesThatManCanShow() {
    Peers.require("groff", "dpkg-deb");
    Path root = Workspace.newFolder("package");
    Command.of("dpkg-deb", "-x", DebianMachine.PACKAGE, root).run().assertSucceeded();

    for (String page : List.of("sluice", "sluice-streaming")) {
      assertThat(
              Command.shell(
                      "gzip -cd $1/usr/share/man/man1/$2.1.gz | groff -K utf8 -T utf8 -man -ww 2>&1"
                          + " | sed 's/.\\x08//g'",
                      root,
                      page)
                  .run()
                  .assertSucceeded()
                  .output())
          .contains("SYNOPSIS")
          .doesNotContain("warning");
    }
  }

  @Test
  void lintianFindsNothingWrong() {
    Peers.require("lintian");

    assertThat(
            Command.of("lintian", "--fail-on", "warning,error", DebianMachine.PACKAGE)
                .run()
                .assertSucceeded()
                .output())
        .doesNotContain("E: ", "W: ");
  }
}
