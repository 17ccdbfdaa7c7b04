package dev.sluice.posix;

import static dev.sluice.posix.Errnos.assertErrno;
import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.posix.PosixFiles.FileStatus;
import dev.sluice.posix.PosixFiles.FileStatus.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class PosixFilesTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  @TempDir private Path root;
  private Descriptor folder;

  @BeforeEach
  void openRoot() throws ErrnoException {
    folder = new Descriptor(PosixFiles.openPlace(at(root)));
  }

  @AfterEach
  void closeRoot() {
    folder.close();
  }

  private Descriptor beneath(String name) throws ErrnoException {
    return new Descriptor(PosixFiles.openPlaceBeneath(folder.number(), name));
  }

  private Descriptor fifo() throws ErrnoException {
    return new Descriptor(PosixFiles.makeFifo(folder.number(), "fifo", FilePermissions.of(0600)));
  }

  private static FileStatus status(Path path) throws ErrnoException {
    try (Descriptor place = new Descriptor(PosixFiles.openPlace(at(path)))) {
      return PosixFiles.status(place.number());
    }
  }

  @Test
  void theStatusOfAFileIsWhatJavaSaysToo() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    for (Path path : new Path[] {file, root, Path.of("/dev/null"), Path.of("/proc/self/status")}) {
      FileStatus status = status(path);
      assertThat(status.inode()).isEqualTo(Files.getAttribute(path, "unix:ino"));
      long device = (long) Files.getAttribute(path, "unix:dev");
      long major = (device >> 8) & 0xfff | (device >> 32) & 0xfffff000L;
      long minor = device & 0xff | (device >> 12) & 0xffffff00L;
      assertThat(status.device()).isEqualTo(major << 32 | minor);
    }
    assertThat(status(file).kind()).isEqualTo(Kind.REGULAR);
    assertThat(status(root).kind()).isEqualTo(Kind.DIRECTORY);
    assertThat(status(Path.of("/dev/null")).kind()).isEqualTo(Kind.OTHER);
    try (Descriptor fifo = fifo()) {
      assertThat(PosixFiles.status(fifo.number()).kind()).isEqualTo(Kind.FIFO);
      assertThat(PosixFiles.status(fifo.number())).isEqualTo(status(root.resolve("fifo")));
    }
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
      assertThat(status(root.resolve("socket")).kind()).isEqualTo(Kind.SOCKET);
    }
  }

  @Test
  void aNameBeneathAFolderDoesNotLeadOutOfIt() throws IOException {
    Path inside = Files.createDirectory(root.resolve("inside"));
    Files.createFile(inside.resolve("file"));
    Files.createSymbolicLink(root.resolve("in"), Path.of("inside"));
    Files.createSymbolicLink(root.resolve("in-and-out"), Path.of("inside/../inside"));
    Files.createSymbolicLink(root.resolve("out"), Path.of("../.."));
    Files.createSymbolicLink(root.resolve("absolute"), inside);
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));
    beneath("inside/file").close();
    beneath("in/file").close();
    beneath("in-and-out/file").close();
    assertErrno(Errno.EXDEV, () -> beneath("out"));
    assertErrno(Errno.EXDEV, () -> beneath("out/etc"));
    assertErrno(Errno.EXDEV, () -> beneath("absolute/file"));
    assertErrno(Errno.EXDEV, () -> beneath("magic"));
    assertErrno(Errno.EXDEV, () -> beneath(".."));
    assertErrno(Errno.EXDEV, () -> beneath("/etc"));
    assertErrno(Errno.ELOOP, () -> beneath("loop"));
    assertErrno(Errno.ENOENT, () -> beneath("missing"));
    assertErrno(Errno.ENOTDIR, () -> beneath("inside/file/more"));
  }

  /** Where there is no openat2(2): the same attacks, and no symbolic link at all. */
  @Test
  void aNameThatIsLookedUpStepByStepDoesNotLeadOutEither() throws IOException {
    Path inside = Files.createDirectory(root.resolve("inside"));
    Files.createFile(inside.resolve("file"));
    Files.createSymbolicLink(root.resolve("in"), Path.of("inside"));
    Files.createSymbolicLink(inside.resolve("link"), Path.of("file"));
    Files.createSymbolicLink(root.resolve("out"), Path.of("../.."));
    Files.createSymbolicLink(root.resolve("absolute"), inside);
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));
    try (Descriptor found = stepByStep("inside/file")) {
      assertThat(PosixFiles.status(found.number())).isEqualTo(status(inside.resolve("file")));
    }
    stepByStep(".").close();
    for (String link : new String[] {"in/file", "inside/link", "out", "out/etc", "absolute/file"}) {
      assertErrno(Errno.ELOOP, () -> stepByStep(link));
    }
    assertErrno(Errno.ELOOP, () -> stepByStep("magic"));
    assertErrno(Errno.ELOOP, () -> stepByStep("loop"));
    assertErrno(Errno.EXDEV, () -> stepByStep(".."));
    assertErrno(Errno.EXDEV, () -> stepByStep("inside/../../etc"));
    assertErrno(Errno.EXDEV, () -> stepByStep("/etc"));
    assertErrno(Errno.ENOENT, () -> stepByStep("missing"));
    assertErrno(Errno.ENOTDIR, () -> stepByStep("inside/file/more"));
    try (Descriptor fds = new Descriptor(PosixFiles.openPlace(new FilePath("/proc/self/fd")))) {
      String magic = String.valueOf(folder.number());
      assertErrno(Errno.ELOOP, () -> StepByStep.openPlaceBeneath(fds.number(), magic));
    }
  }

  private Descriptor stepByStep(String name) throws ErrnoException {
    return new Descriptor(StepByStep.openPlaceBeneath(folder.number(), name));
  }

  @Test
  void aMagicLinkIsNotFollowed() throws Exception {
    try (Descriptor fds = new Descriptor(PosixFiles.openPlace(new FilePath("/proc/self/fd")))) {
      assertErrno(
          Errno.ELOOP,
          () -> PosixFiles.openPlaceBeneath(fds.number(), String.valueOf(folder.number())));
    }
  }

  @Test
  void aFifoWithoutAReaderCannotBeOpenedForWriting() throws Exception {
    try (Descriptor place = fifo()) {
      assertErrno(Errno.ENXIO, () -> PosixFiles.openNonBlocking(place.number(), true));
      try (Descriptor reader = new Descriptor(PosixFiles.openNonBlocking(place.number(), false))) {
        Posix.close(PosixFiles.openNonBlocking(place.number(), true));
        assertThat(reader.number()).isNotNegative();
      }
      assertErrno(Errno.ENXIO, () -> PosixFiles.openNonBlocking(place.number(), true));
    }
  }

  @Test
  void aFifoBeforeItsFirstWriterHasNotHungUpAlthoughItReadsAsEnded() throws Exception {
    try (Descriptor place = fifo();
        Descriptor reader = new Descriptor(PosixFiles.openNonBlocking(place.number(), false));
        NativeBuffer buffer = NativeBuffer.allocate(10);
        PrivatePipe pipe = new PrivatePipe();
        PollSet poll = new PollSet(1)) {
      assertThat(Posix.read(reader.number(), buffer.memory())).isZero();
      assertThat(Posix.splice(reader.number(), pipe.writeEnd(), 10)).isZero();
      poll.set(0, reader.number(), PollSet.READABLE);
      assertThat(poll.await(0)).isFalse();

      int writer = PosixFiles.openNonBlocking(place.number(), true);
      assertThat(Posix.read(reader.number(), buffer.memory())).isEqualTo(Posix.WOULD_BLOCK);
      assertThat(Posix.splice(reader.number(), pipe.writeEnd(), 10)).isEqualTo(Posix.WOULD_BLOCK);
      assertThat(poll.await(0)).isFalse();
      Posix.write(writer, buffer.memory());
      Posix.close(writer);

      assertThat(poll.await(0)).isTrue();
      assertThat(poll.events(0)).isEqualTo(PollSet.READABLE | PollSet.HANGUP);
      assertThat(Posix.splice(reader.number(), pipe.writeEnd(), 10)).isEqualTo(10);
      assertThat(Posix.splice(reader.number(), pipe.writeEnd(), 10)).isZero();
      assertThat(poll.await(0)).isTrue();
      assertThat(poll.events(0)).isEqualTo(PollSet.HANGUP);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0600, 0660, 0666, 0622, 0777, 0400})
  void aFifoIsMadeWithItsMode(int mode) throws Exception {
    Posix.close(PosixFiles.makeFifo(folder.number(), "fifo", FilePermissions.of(mode)));
    assertThat(Files.getAttribute(root.resolve("fifo"), "unix:mode")).isEqualTo(0010000 | mode);
  }

  @Test
  void aFifoIsNotMadeOverAnything() throws Exception {
    Files.writeString(root.resolve("fifo"), "precious");
    assertErrno(Errno.EEXIST, this::fifo);
    assertThat(root.resolve("fifo")).hasContent("precious");
    Files.delete(root.resolve("fifo"));
    Files.createSymbolicLink(root.resolve("fifo"), Path.of("nothing"));
    assertErrno(Errno.EEXIST, this::fifo);
    assertThat(root.resolve("nothing")).doesNotExist();
  }

  @Test
  void whatSomebodyPutInThePlaceOfAFileThatWasMadeStaysAsItIs() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "precious");
    Files.setAttribute(file, "unix:mode", 0640);
    assertErrno(
        Errno.EEXIST,
        () -> PosixFiles.openMade(folder.number(), "file", Kind.SOCKET, FilePermissions.of(0666)));
    assertThat(file).hasContent("precious");
    assertThat(Files.getAttribute(file, "unix:mode")).isEqualTo(0100640);
  }

  @Test
  void aPlaceStandsForItsFileUnderAnyName() throws Exception {
    try (Descriptor place = fifo()) {
      FileStatus status = PosixFiles.status(place.number());
      Files.move(root.resolve("fifo"), root.resolve("moved"));
      assertThat(status(root.resolve("moved"))).isEqualTo(status);
      PosixFiles.remove(folder.number(), "moved");
      assertThat(root).isEmptyDirectory();
      assertThat(PosixFiles.status(place.number())).isEqualTo(status);
      Posix.close(PosixFiles.openNonBlocking(place.number(), false));
      assertErrno(Errno.ENOENT, () -> PosixFiles.remove(folder.number(), "moved"));
    }
  }
}
