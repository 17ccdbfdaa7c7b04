package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layout that docs/architecture.md describes, held by the build. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final int MAX_FILE_LINES = 250;

  @ArchTest
  static final ArchRule packagesUseOnlyWhatTheyMay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("dev.sluice")
          .layer("management")
          .definedBy("dev.sluice.management..")
          .layer("cluster")
          .definedBy("dev.sluice.cluster", "dev.sluice.cluster.view..")
          .layer("cluster.api")
          .definedBy("dev.sluice.cluster.api..")
          .layer("cluster.owner")
          .definedBy("dev.sluice.cluster.owner..")
          .layer("cluster.member")
          .definedBy("dev.sluice.cluster.member..")
          .layer("cluster.resource")
          .definedBy("dev.sluice.cluster.resource..")
          .layer("cluster.entrance")
          .definedBy("dev.sluice.cluster.entrance..")
          .layer("cluster.connection")
          .definedBy("dev.sluice.cluster.connection..")
          .layer("cli")
          .definedBy("dev.sluice.cli", "dev.sluice.cli.manual..")
          .layer("cli.streaming")
          .definedBy("dev.sluice.cli.streaming..")
          .layer("cli.remote")
          .definedBy("dev.sluice.cli.remote..")
          .layer("cli.common")
          .definedBy("dev.sluice.cli.common..")
          .layer("server")
          .definedBy("dev.sluice.server")
          .layer("server.handshake")
          .definedBy("dev.sluice.server.handshake..")
          .layer("server.relay")
          .definedBy("dev.sluice.server.relay..")
          .layer("server.session")
          .definedBy("dev.sluice.server.session..")
          .layer("server.thread")
          .definedBy("dev.sluice.server.thread..")
          .layer("server.transport")
          .definedBy("dev.sluice.server.transport..")
          .layer("api")
          .definedBy("dev.sluice.api..")
          .layer("access")
          .definedBy("dev.sluice.access")
          .layer("access.token")
          .definedBy("dev.sluice.access.token..")
          .layer("access.openid")
          .definedBy("dev.sluice.access.openid..")
          .layer("access.http")
          .definedBy("dev.sluice.access.http..")
          .layer("export")
          .definedBy("dev.sluice.export..")
          .layer("journal")
          .definedBy("dev.sluice.journal..")
          .layer("client")
          .definedBy("dev.sluice.client..")
          .layer("logging")
          .definedBy("dev.sluice.logging..")
          .layer("configuration")
          .definedBy("dev.sluice.configuration..")
          .layer("stream")
          .definedBy("dev.sluice.stream..")
          .layer("endpoint")
          .definedBy("dev.sluice.endpoint..")
          .layer("posix")
          .definedBy("dev.sluice.posix..")
          .layer("nbd")
          .definedBy("dev.sluice.nbd")
          .layer("nbd.handshake")
          .definedBy("dev.sluice.nbd.handshake..")
          .layer("nbd.transmission")
          .definedBy("dev.sluice.nbd.transmission..")
          .whereLayer("root")
          .mayOnlyAccessLayers("cli")
          .whereLayer("cluster")
          .mayOnlyAccessLayers(
              "cluster.owner",
              "cluster.member",
              "cluster.resource",
              "cluster.entrance",
              "cluster.connection",
              "api",
              "server.relay",
              "export",
              "logging",
              "configuration",
              "stream")
          .whereLayer("cluster.api")
          .mayOnlyAccessLayers(
              "cluster",
              "cluster.resource",
              "api",
              "access.http",
              "export",
              "configuration",
              "stream")
          .whereLayer("cluster.owner")
          .mayOnlyAccessLayers(
              "cluster.member", "cluster.resource", "api", "export", "logging", "stream")
          .whereLayer("cluster.member")
          .mayOnlyAccessLayers("cluster.resource")
          .whereLayer("cluster.resource")
          .mayOnlyAccessLayers("export", "stream")
          .whereLayer("cluster.entrance")
          .mayOnlyAccessLayers("server.relay")
          .whereLayer("cluster.connection")
          .mayOnlyAccessLayers("configuration")
          .whereLayer("cli")
          .mayOnlyAccessLayers("cli.streaming", "cli.remote", "cli.common")
          .whereLayer("cli.remote")
          .mayOnlyAccessLayers("cli.common")
          .whereLayer("cli.common")
          .mayOnlyAccessLayers("posix")
          .whereLayer("cli.streaming")
          .mayOnlyAccessLayers(
              "cli.common",
              "server",
              "server.relay",
              "server.transport",
              "export",
              "client",
              "configuration",
              "stream",
              "endpoint",
              "posix")
          .whereLayer("server")
          .mayOnlyAccessLayers(
              "server.handshake",
              "server.relay",
              "server.session",
              "server.transport",
              "export",
              "client",
              "logging",
              "stream",
              "nbd.transmission",
              "posix",
              "configuration")
          .whereLayer("server.handshake")
          .mayOnlyAccessLayers(
              "server.relay",
              "server.session",
              "server.transport",
              "export",
              "client",
              "logging",
              "stream",
              "nbd",
              "nbd.handshake",
              "nbd.transmission",
              "posix")
          .whereLayer("server.thread")
          .mayNotAccessAnyLayer()
          .whereLayer("server.relay")
          .mayOnlyAccessLayers(
              "server.thread", "logging", "nbd", "nbd.handshake", "nbd.transmission", "posix")
          .whereLayer("server.session")
          .mayOnlyAccessLayers(
              "server.thread", "export", "logging", "stream", "nbd", "nbd.transmission", "posix")
          .whereLayer("server.transport")
          .mayOnlyAccessLayers("stream", "posix", "configuration")
          .whereLayer("api")
          .mayOnlyAccessLayers(
              "access.http",
              "export",
              "client",
              "logging",
              "configuration",
              "stream",
              "endpoint",
              "posix")
          .whereLayer("access")
          .mayOnlyAccessLayers(
              "access.token",
              "access.openid",
              "access.http",
              "api",
              "client",
              "logging",
              "configuration")
          .whereLayer("access.token")
          .mayOnlyAccessLayers("logging", "posix", "configuration")
          .whereLayer("access.openid")
          .mayOnlyAccessLayers("configuration")
          .whereLayer("access.http")
          .mayOnlyAccessLayers("client", "logging", "posix")
          .whereLayer("export")
          .mayOnlyAccessLayers(
              "journal", "stream", "endpoint", "client", "logging", "posix", "configuration")
          .whereLayer("journal")
          .mayOnlyAccessLayers("posix")
          .whereLayer("stream")
          .mayOnlyAccessLayers("endpoint", "posix")
          .whereLayer("endpoint")
          .mayOnlyAccessLayers("posix")
          .whereLayer("client")
          .mayNotAccessAnyLayer()
          .whereLayer("logging")
          .mayNotAccessAnyLayer()
          .whereLayer("configuration")
          .mayOnlyAccessLayers("client", "posix")
          .whereLayer("posix")
          .mayNotAccessAnyLayer()
          .whereLayer("nbd.handshake")
          .mayOnlyAccessLayers("nbd")
          .whereLayer("nbd.transmission")
          .mayOnlyAccessLayers("nbd")
          .whereLayer("nbd")
          .mayNotAccessAnyLayer();

  /** A stream is a staircase: each step uses only those below it. */
  @ArchTest
  static final ArchRule partsOfStreamsUseOnlyThoseBelowThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("words")
          .definedBy("dev.sluice.stream")
          .layer("core")
          .definedBy("dev.sluice.stream.core")
          .layer("window")
          .definedBy("dev.sluice.stream.window")
          .layer("client")
          .definedBy("dev.sluice.stream.client")
          .layer("io")
          .definedBy("dev.sluice.stream.io")
          .layer("request")
          .definedBy("dev.sluice.stream.request")
          .layer("bytes")
          .definedBy("dev.sluice.stream.bytes")
          .whereLayer("words")
          .mayNotAccessAnyLayer()
          .whereLayer("core")
          .mayOnlyAccessLayers("words")
          .whereLayer("window")
          .mayOnlyAccessLayers("core", "words")
          .whereLayer("client")
          .mayOnlyAccessLayers("window", "core", "words")
          .whereLayer("io")
          .mayOnlyAccessLayers("client", "window", "core", "words")
          .whereLayer("request")
          .mayOnlyAccessLayers("client", "window", "core", "words");

  /** What is public there is so for the other parts of a stream. */
  @ArchTest
  static final ArchRule nobodyElseUsesThePartsOfStreams =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sluice.stream..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.sluice.stream.core", "dev.sluice.stream.io", "dev.sluice.stream.request");

  @ArchTest
  static final ArchRule theWireProtocolDoesNoInputOrOutput =
      classes()
          .that()
          .resideInAPackage("dev.sluice.nbd..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.sluice.nbd..",
              "java.lang..",
              "java.util..",
              "java.nio",
              "java.nio.charset",
              "java.io",
              "org.jspecify..");

  @ArchTest
  static final ArchRule streamsKnowNoFramework =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sluice.stream..", "dev.sluice.endpoint..", "dev.sluice.posix..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "io.netty..");

  @ArchTest
  static final ArchRule exportsKnowNoWeb =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sluice.export..", "dev.sluice.client..", "dev.sluice.logging..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework.web..",
              "org.springframework.http..",
              "org.springframework.boot.web..",
              "jakarta.servlet..",
              "tools.jackson..",
              "com.fasterxml.jackson..");

  @Test
  void filesStaySmall() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> tooLong =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> lines(file) > MAX_FILE_LINES)
              .toList();
      assertThat(tooLong).as("files of more than %d lines", MAX_FILE_LINES).isEmpty();
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
