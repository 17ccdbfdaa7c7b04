package dev.sluice.management;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceApplication;
import dev.sluice.testing.Workspace;
import io.netty.util.Version;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The list of what the jar is made of, which the build writes, as the service gives it out. */
@SpringBootTest(
    classes = SluiceApplication.class,
    properties = "sluice.nbd.port=0",
    webEnvironment = WebEnvironment.RANDOM_PORT)
class SbomTest {

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Licences under which anybody may use the library beside others, and give the jar on; of several
   * one can be chosen, so somebody has to look at each such set.
   */
  private static final Set<Set<String>> GOOD_LICENCES =
      Set.of(
          Set.of("Apache-2.0"),
          Set.of("Apache 2 License"), // the same, in the words of operator-framework-core
          Set.of("MIT"),
          Set.of("BSD-2-Clause"),
          Set.of("BSD-3-Clause"),
          Set.of("CC0-1.0"),
          Set.of("EPL-2.0"),
          Set.of("EPL-2.0", "LGPL-2.1-only"),
          Set.of("EPL-2.0", "GPL-2.0-with-classpath-exception"),
          Set.of("CC0-1.0", "BSD-2-Clause"));

  @LocalServerPort int port;

  @DynamicPropertySource
  static void root(DynamicPropertyRegistry properties) {
    properties.add("sluice.exports.roots", () -> Workspace.newPath("root").toString());
    properties.add("sluice.exports.store", () -> "none");
  }

  @Test
  void itHasTheLibrariesAtTheVersionsThatRun() throws Exception {
    JsonNode sbom = get("/actuator/sbom/application");

    assertThat(sbom.get("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(sbom.at("/metadata/component/name").asString()).isEqualTo("sluice");
    Map<String, String> versions =
        sbom.get("components")
            .valueStream()
            .collect(
                Collectors.toMap(
                    component -> component.get("purl").asString(),
                    component -> component.get("version").asString()));
    assertThat(versions)
        .containsEntry("pkg:maven/io.netty/netty-handler@" + netty() + "?type=jar", netty())
        .containsEntry(
            "pkg:maven/org.springframework.boot/spring-boot@"
                + SpringBootVersion.getVersion()
                + "?type=jar",
            SpringBootVersion.getVersion());
  }

  @Test
  void itHasNothingThatOnlyTestsNeed() throws Exception {
    assertThat(get("/actuator/sbom/application").get("components").findValuesAsString("group"))
        .contains("io.netty")
        .doesNotContain("org.assertj", "org.testcontainers", "com.marcnuri.helm-java");
  }

  @Test
  void everyLibraryHasALicenceThatSuits() throws Exception {
    Map<Set<String>, Set<String>> librariesByLicence =
        get("/actuator/sbom/application")
            .get("components")
            .valueStream()
            .collect(
                Collectors.groupingBy(
                    SbomTest::licences,
                    Collectors.mapping(
                        library -> library.get("name").asString(),
                        Collectors.toCollection(TreeSet::new))));

    assertThat(librariesByLicence).containsKey(Set.of("Apache-2.0"));
    assertThat(librariesByLicence)
        .allSatisfy((licences, libraries) -> assertThat(GOOD_LICENCES).contains(licences));
  }

  /** By their SPDX identifiers, or their names where they have none. */
  private static Set<String> licences(JsonNode library) {
    return library
        .path("licenses")
        .valueStream()
        .map(entry -> entry.path("license"))
        .map(licence -> licence.path("id").asString(licence.path("name").asString("unknown")))
        .collect(Collectors.toSet());
  }

  @Test
  void itIsFoundThroughItsIndex() throws Exception {
    assertThat(get("/actuator/sbom").get("ids").valueStream().map(JsonNode::asString))
        .containsExactly("application");
  }

  /** The version of the library that is on the class path. */
  private static String netty() {
    return requireNonNull(Version.identify().get("netty-handler")).artifactVersion();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      HttpResponse<String> response =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return JSON.readTree(response.body());
    }
  }
}
