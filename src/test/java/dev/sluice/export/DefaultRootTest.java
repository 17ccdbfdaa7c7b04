package dev.sluice.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultRootTest {

  @TempDir private Path folder;

  private Path folder(String name, String permissions) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void theUsersRuntimeFolderComesFirst() throws IOException {
    Path runtime = folder("runtime", "rwx------");
    Path service = folder("service", "rwxr-xr-x");
    assertThat(DefaultRoot.choose(runtime.toString(), service, "/tmp"))
        .isEqualTo(runtime + "/sluice");
  }

  @Test
  void theFolderForServicesComesSecond() throws IOException {
    Path service = folder("service", "rwxr-xr-x");
    assertThat(DefaultRoot.choose(null, service, "/tmp")).isEqualTo(service.toString());
    assertThat(DefaultRoot.choose("", service, "/tmp")).isEqualTo(service.toString());
  }

  @Test
  void theTemporaryFolderIsTheLastResort() {
    Path none = folder.resolve("none");
    assertThat(DefaultRoot.choose(null, none, "/tmp")).isEqualTo("/tmp/sluice");
    assertThat(DefaultRoot.choose(none.toString(), none, "/tmp")).isEqualTo("/tmp/sluice");
    assertThat(DefaultRoot.choose("relative", none, "/tmp")).isEqualTo("/tmp/sluice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwxrwxrwx", "rwxr-xrwx"})
  void noFolderIsTakenThatOthersMayWriteTo(String permissions) throws IOException {
    Path open = folder("open", permissions);
    assertThat(DefaultRoot.choose(open.toString(), open, "/tmp")).isEqualTo("/tmp/sluice");
  }

  @Test
  void noFolderOfAnotherUserIsTaken() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give folders away");
    Path theirs = folder("theirs", "rwx------");
    Files.setAttribute(theirs, "unix:uid", 1);
    assertThat(DefaultRoot.choose(theirs.toString(), theirs, "/tmp")).isEqualTo("/tmp/sluice");
  }
}
