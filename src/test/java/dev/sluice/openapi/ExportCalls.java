package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Requests that make, watch, change and end exports, and what can be wrong with them. */
final class ExportCalls {

  private static final String TOO_LONG = " ".repeat(64 * 1024 + 1);

  private final OwnService sluice;
  private final Caller operator;
  private final ExportsApi api;
  private final Witness witness;

  ExportCalls(OwnService sluice, Witness witness) {
    this.sluice = sluice;
    this.witness = witness;
    this.operator = new Caller(sluice, DescribedServiceTest.OPERATOR, witness);
    this.api = new ExportsApi(sluice.port(), DescribedServiceTest.OPERATOR);
  }

  void make() throws Exception {
    makeAndShow();
    refuseWrongRequests();
    meetOthers();
    finish();
    watch();
  }

  private String export(String name) {
    return """
    {"name": "%s", "path": "%s", "direction": "write"}\
    """
        .formatted(name, sluice.root().resolve(name));
  }

  private void makeAndShow() {
    operator.post("/exports", export("vm1"));
    operator.send("PUT", "/exports/vm2", export("vm2"));
    operator.send("PUT", "/exports/vm2", export("vm2"));
    for (String path : List.of("/exports", "/exports?limit=1", "/exports/vm1")) {
      String tag = operator.get(path).header("ETag");
      assertThat(operator.get(path, "If-None-Match", tag).status()).isEqualTo(304);
    }
    operator.send("HEAD", "/exports/vm1", "");
    operator.get("/exports?state=WAITING,FAILED&direction=write&label=a=b");
    operator.get("/exports/vm1?waitFor=ended&timeout=0");
    operator.send(
        "PATCH",
        "/exports/vm1",
        "{\"rateLimit\": \"1M\", \"size\": 1048576}",
        "Content-Type",
        "application/merge-patch+json");
  }

  /** What is wrong with each request by itself. */
  private void refuseWrongRequests() {
    for (String request : witness.requests()) {
      String path = request.replaceAll("^\\S+ ", "").replace("{name}", "vm1");
      String method = request.split(" ")[0];
      if (!path.startsWith("/exports") || path.endsWith("/data")) {
        continue;
      }
      boolean bare = List.of("GET", "DELETE").contains(method);
      operator.send(method, path + "?odd=1", bare ? "" : "{}");
      if (path.contains("vm1")) {
        String gone = path.replace("vm1", "none");
        String body = gone.endsWith("/confirm") ? "{\"bytes\": 1}" : "{}";
        if (!method.equals("PUT")) { // which would make it
          operator.send(method, gone, bare ? "" : body);
        }
      }
      if (bare) {
        continue;
      }
      operator.send(method, path, "{");
      operator.send(method, path, TOO_LONG);
      if (!path.endsWith("/finish") && !path.endsWith("/confirm")) {
        operator.send(method, path, "{}", "Content-Type", "text/plain");
      }
    }
    for (String path : List.of("/exports", "/exports/vm1")) {
      operator.get(path, "Accept", "text/html");
      operator.send(
          path.equals("/exports") ? "POST" : "PUT", path, export("vm1"), "Accept", "text/html");
    }
    operator.send("PATCH", "/exports/vm1", "{}", "Accept", "text/html");
    operator.send("POST", "/exports/vm1/finish", "{}", "Accept", "text/html");
  }

  /** What is wrong because of what is there already. */
  private void meetOthers() throws IOException {
    operator.post("/exports", export("vm1"));
    operator.send("PUT", "/exports/vm3", export("vm1").replace("\"name\": \"vm1\", ", ""));
    operator.send("PUT", "/exports/vm2", export("vm2").replace("write", "read"));
    try (RawNbdClient client = sluice.connect()) {
      client.go("vm2");
      operator.send("DELETE", "/exports/vm2", "");
      operator.post("/exports/vm2/finish", "{}");
      operator.send("PATCH", "/exports/vm2", "{\"size\": 4096}");
      operator.send("DELETE", "/exports/vm2?force", "");
    }
  }

  private void finish() throws Exception {
    operator.post("/exports", export("tiny"));
    try (RawNbdClient client = sluice.connect()) {
      client.go("tiny");
      client.write(0, new byte[1024]);
      client.disconnect();
    }
    api.await("tiny", export -> export.clients() == 0);
    assertThat(operator.post("/exports/tiny/finish", "").status()).isEqualTo(202);
    CompletableFuture<byte[]> peer = sluice.peerReads("tiny");
    assertThat(peer.get()).hasSize(1024);
    api.awaitState("tiny", "COMPLETED");
    assertThat(operator.post("/exports/tiny/finish", "{\"pad\": null}").status()).isEqualTo(200);
  }

  private void watch() {
    RestClient.Answer all = operator.get("/exports/tiny/events"); // which end with the export
    String last = all.body().lines().filter(line -> line.startsWith("id: ")).toList().getLast();
    operator.get("/exports/tiny/events", "Last-Event-ID", last.substring("id: ".length()));
    operator.send("HEAD", "/exports/events", "");
  }
}
