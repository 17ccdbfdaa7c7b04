package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.RestClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Requests for the data of exports whose peer comes by HTTP. */
final class DataCalls {

  private static final int SIZE = 100_000;
  private static final List<String> METHODS = List.of("GET", "PUT", "POST");

  private final OwnService sluice;
  private final Caller operator;
  private final ExportsApi api;

  DataCalls(OwnService sluice, Witness witness) {
    this.sluice = sluice;
    this.operator = new Caller(sluice, DescribedServiceTest.OPERATOR, witness);
    this.api = new ExportsApi(sluice.port(), DescribedServiceTest.OPERATOR);
  }

  void make() throws Exception {
    take();
    for (String method : List.of("PUT", "POST")) {
      give(method);
    }
    refuse();
  }

  private void create(String name, String direction, String more) {
    operator.post(
        "/exports",
        """
        {"name": "%s", "peer": "http", "direction": "%s"%s}\
        """
            .formatted(name, direction, more));
  }

  private static String direction(String method) {
    return method.equals("GET") ? "write" : "read";
  }

  private void take() throws Exception {
    create("taken", "write", ", \"size\": " + SIZE);
    CompletableFuture<RestClient.Answer> peer =
        operator.later("GET", "/exports/taken/data?confirm=true", "");
    CompletableFuture<RestClient.Answer> confirmed;
    try (RawNbdClient client = sluice.connect()) {
      client.go("taken");
      client.write(0, new byte[SIZE / 2]);
      confirmed =
          peer.thenApply(
              _ -> operator.post("/exports/taken/data/confirm", "{\"bytes\": %d}".formatted(SIZE)));
      client.write(SIZE / 2, new byte[SIZE / 2]); // is answered when it is confirmed
      client.disconnect();
    }
    assertThat(peer.get().body()).hasSize(SIZE);
    assertThat(confirmed.get().status()).isEqualTo(200);
    operator.post("/exports/taken/data/confirm", "{\"bytes\": 1}");
  }

  private void give(String method) throws Exception {
    String name = "given-by-" + method;
    create(name, "read", ", \"size\": " + SIZE);
    String path = "/exports/" + name + "/data";
    operator.send(method, path, "too short");
    CompletableFuture<RestClient.Answer> peer = operator.later(method, path, "x".repeat(SIZE));
    try (RawNbdClient client = sluice.connect()) {
      client.go(name);
      assertThat(client.read(0, SIZE)).hasSize(SIZE);
      client.disconnect();
    }
    assertThat(peer.get().status()).isEqualTo(200);
  }

  private void refuse() throws IOException {
    create("whole", "write", "");
    operator.get("/exports/whole/data", "Range", "bytes=0-1");
    operator.get("/exports/whole/data?confirm=perhaps");
    operator.get("/exports/whole/data", "Via", "1.1 proxy"); // which would have to confirm
    for (String method : METHODS) {
      String bytes = method.equals("GET") ? "" : "x";
      operator.send(method, "/exports/none/data", bytes);
      operator.send(method, "/exports/vm1/data", bytes);
      operator.send(method, "/exports/vm1/data?odd", bytes);
      create("late-" + method, direction(method), ", \"peerTimeout\": \"50ms\"");
      operator.send(method, "/exports/late-" + method + "/data", bytes);
      create("over-" + method, direction(method), ", \"lifetime\": \"1ms\"");
      api.awaitState("over-" + method, "FAILED");
      operator.send(method, "/exports/over-" + method + "/data", bytes);
      create("old-" + method, direction(method), "");
      operator.sendByHttp10(
          method, "/exports/old-" + method + "/data", DescribedServiceTest.OPERATOR);
    }
    operator.sendByHttp10("GET", "/exports/events", DescribedServiceTest.OPERATOR);
    operator.sendByHttp10("GET", "/exports/vm1/events", DescribedServiceTest.OPERATOR);
    operator.post("/exports/vm1/data/confirm", "{\"bytes\": 1}");
    operator.send("HEAD", "/exports/whole/data", "");
  }
}
