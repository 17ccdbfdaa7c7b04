package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.testing.Folder;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What works. */
class ExportApiTest extends ServiceTest {

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  RequestMappingHandlerMapping mappings;

  @Test
  void aCreatedExportIsShownWithEveryFieldInOrder() {
    Instant before = Instant.now();

    RestClient.Answer answer =
        api.post(
            """
            {"name": "vm1-disk0", "path": "%s", "direction": "write", "size": "10G"}\
            """
                .formatted(folder.resolve("vm1.pipe")));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Location")).isEqualTo("/exports/vm1-disk0");
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.json().toString())
        .matches(
            """
            \\{"id":"~[0-9a-f]{32}","name":"vm1-disk0","path":"%s/vm1.pipe","peer":null,"ticket":false,"direction":"write","size":10737418240,\
            "state":"WAITING","position":0,"throughput":null,"remainingSeconds":null,"clients":0,\
            "uris":\\["nbd://192.0.2.1:10809/vm1-disk0"],\
            "createdAt":"[^"]+","startedAt":null,"endedAt":null,"failure":null,\
            "waitingFor":"a client","note":null,"listen":false,"listed":false,"allowedClients":null,"labels":\\{},"reorderWindow":67108864,"headWindow":65536,"resumeWindow":0,\
            "peerTimeout":"PT10M","idleTimeout":"PT30M","resumeTimeout":"PT1M","lifetime":"PT0S",\
            "padTail":false,"acceptClose":false,"acceptUnread":false,"acceptExcess":false,"copy":false,\
            "rateLimit":0,"digest":null,"digestValue":null,"data":null}\
            """
                .formatted(folder));
    assertThat(Instant.parse(answer.text("createdAt"))).isBetween(before, Instant.now());
  }

  @Test
  void anExportWithoutNameAndSizeGetsANameThatNobodyGuesses() {
    RestClient.Answer answer =
        api.post(
            """
            {"path": "%s", "direction": "read", "size": null}\
            """
                .formatted(folder.resolve("pipe")));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("name")).matches("[0-9a-f]{32}");
    assertThat(answer.header("Location")).isEqualTo("/exports/" + answer.text("name"));
    assertThat(answer.text("direction")).isEqualTo("read");
    assertThat(answer.json().get("size").isNull()).isTrue();
    ObjectNode shown = (ObjectNode) api.get(answer.header("Location")).json();
    assertThat(shown.remove("events").at("/0/state").asString()).isEqualTo("WAITING");
    shown.putNull("data"); // whoever makes it is told of it
    assertThat(shown).isEqualTo(answer.json());
  }

  @Test
  void aCharsetThatJsonDoesNotHaveChangesNothing() {
    RestClient.Answer answer =
        api.send(
            api.request("/exports")
                .header("Content-Type", "application/json")
                .header("Accept", "text/html, application/json; charset=UTF-16; q=0.5"),
            "POST",
            spec("vm1", "pipe"));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
  }

  @Test
  void exportsAreListedInTheOrderOfTheirCreation() {
    assertThat(api.get("/exports").json().toString()).isEqualTo("{\"exports\":[]}");

    create("b", "1");
    create("a", "2");
    create("c", "3");

    assertThat(api.get("/exports").json().get("exports").valueStream())
        .extracting(export -> export.get("name").stringValue())
        .containsExactly("b", "a", "c");
  }

  @Test
  void aFifoThatWasMadeIsRemovedWithItsExport() throws IOException {
    create("made", "pipe");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("pipe"))))
        .isEqualTo("rw-------");

    RestClient.Answer answer = api.delete("/exports/made");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.json().isMissingNode()).isTrue();
    assertThat(folder).isEmptyDirectory();
    assertThat(api.get("/exports/made").status()).isEqualTo(404);
    assertThat(api.post(spec("made", "pipe")).status()).isEqualTo(201);
  }

  @Test
  void aFifoThatWasThereStays() {
    Path fifo = Folder.makeFifo(folder.resolve("pipe"));
    create("found", "pipe");

    assertThat(api.delete("/exports/found").status()).isEqualTo(204);

    assertThat(fifo).exists();
  }

  @Test
  void anEndedExportIsShownWithItsFailureUntilItIsDeleted() {
    create("broken", "pipe").stream().fail("the tape tore");

    JsonNode shown = api.get("/exports/broken").json();

    assertThat(shown.get("state").stringValue()).isEqualTo("FAILED");
    assertThat(shown.get("failure").stringValue()).startsWith("the tape tore");
    assertThat(Instant.parse(shown.get("endedAt").stringValue())).isBeforeOrEqualTo(Instant.now());
    assertThat(folder).isEmptyDirectory();
    assertThat(api.delete("/exports/broken").status()).isEqualTo(204);
  }

  @Test
  void anEndedExportHoldsItsNameButNotItsFile() {
    create("first", "pipe").stream().cancel();

    assertThat(api.post(spec("first", "other")).status()).isEqualTo(409);
    assertThat(api.post(spec("second", "pipe")).status()).isEqualTo(201);
  }

  @Test
  void anExportWithAClientIsDeletedOnlyByForce() throws IOException {
    Export export = create("busy", "pipe");
    export.stream().attach();

    RestClient.Answer refused = api.delete("/exports/busy");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("1 client(s)", "?force=true");
    assertThat(api.get("/exports/busy").json().get("clients").intValue()).isEqualTo(1);
    assertThat(export.stream().status().state().ended()).isFalse();

    assertThat(api.delete("/exports/busy?force=true").status()).isEqualTo(204);
    assertThat(export.stream().status().state().name()).isEqualTo("CANCELLED");
    assertThat(api.get("/exports/busy").status()).isEqualTo(404);
    assertThat(folder).isEmptyDirectory();
    export.stream().detach();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"?force", "?force=", "?force=true", "?force=1", "?%66orce", "/?force", "?&force&"})
  void forceNeedsNoValue(String query) throws IOException {
    Export export = create("busy", "pipe");
    export.stream().attach();

    assertThat(api.delete("/exports/busy" + query).status()).isEqualTo(204);
    export.stream().detach();
  }

  @Test
  void aSlashAtTheEndOfAPathChangesNothing() {
    RestClient.Answer answer =
        api.send(
            api.request("/exports/").header("Content-Type", "application/json"),
            "POST",
            spec("vm1", "pipe"));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("Location")).isEqualTo("/exports/vm1");

    assertThat(api.get("/exports/").json().get("exports").size()).isEqualTo(1);
    assertThat(api.get("/exports/vm1/").text("name")).isEqualTo("vm1");
    assertThat(
            api.send(
                    api.request("/exports/vm1/").header("Content-Type", "application/json"),
                    "PATCH",
                    "{\"rateLimit\": 5}")
                .status())
        .isEqualTo(200);
    assertThat(api.send(api.request("/exports/nobody/finish/"), "POST", "").text("detail"))
        .contains("no such export");
    assertThat(api.delete("/exports/vm1/").status()).isEqualTo(204);
  }

  @Test
  void everyPathOfTheApiIsThereWithASlashAtItsEnd() {
    Set<String> paths = new HashSet<>();
    mappings.getHandlerMethods().keySet().forEach(each -> paths.addAll(each.getPatternValues()));
    paths.removeIf(path -> !path.startsWith("/exports"));

    assertThat(paths).isNotEmpty();
    assertThat(paths)
        .filteredOn(path -> !path.endsWith("/"))
        .allSatisfy(path -> assertThat(paths).contains(path + "/"));
  }

  @Test
  void theRootTellsWhatThereIs() {
    RestClient.Answer answer = api.get("/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(api.get(answer.text("exports")).status()).isEqualTo(200);
    assertThat(api.get(answer.text("health")).status()).isEqualTo(200);
    assertThat(api.get(answer.text("ready")).status()).isEqualTo(200);
    assertThat(api.get(answer.text("live")).status()).isEqualTo(200);
    assertThat(answer.text("documentation")).contains("README");
  }

  @Test
  void anEndedExportWithAClientIsDeletedOnlyByForceToo() throws IOException {
    Export export = create("ended", "pipe");
    export.stream().attach();
    export.stream().fail("the tape tore");

    assertThat(api.delete("/exports/ended?force=false").status()).isEqualTo(409);
    assertThat(api.delete("/exports/ended?force=true").status()).isEqualTo(204);
    export.stream().detach();
  }

  @Test
  void anExportIsDeletedOnceItsClientsHaveLeft() throws IOException {
    Export export = create("left", "pipe");
    export.stream().attach();
    export.stream().detach();

    assertThat(api.delete("/exports/left").status()).isEqualTo(204);
  }
}
