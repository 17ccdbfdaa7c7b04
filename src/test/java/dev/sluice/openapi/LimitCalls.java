package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.EventReader;
import dev.sluice.testing.OwnService;
import java.util.HashSet;
import java.util.Set;

/** Requests beyond the limits of a service that has hardly any room. */
final class LimitCalls {

  private static final String OVER_HTTP = "{\"peer\": \"http\", \"direction\": \"write\"}";

  private LimitCalls() {}

  static void make(Witness witness) throws InterruptedException {
    try (OwnService sluice = OwnService.with("sluice.exports.max=1", "sluice.live.subscribers=1")) {
      beyond(new Caller(sluice, "", witness), sluice.port(), witness);
    }
    try (OwnService sluice =
        OwnService.with(
            "sluice.security.tokens=" + DescribedServiceTest.OPERATOR,
            "sluice.security.max-failed-logins=1")) {
      Caller stranger = new Caller(sluice, "a-wrong-token-00001", witness);
      stranger.get("/exports");
      assertThat(stranger.get("/exports").status()).isEqualTo(429);
    }
  }

  private static void beyond(Caller anybody, int port, Witness witness)
      throws InterruptedException {
    try (EventReader events = new EventReader(port, "/exports/events", "")) {
      anybody.send("PUT", "/exports/one", OVER_HTTP);
      anybody.send("PUT", "/exports/two", OVER_HTTP);
      anybody.post("/exports", OVER_HTTP);
      anybody.get("/exports/events");
      for (String path : new String[] {"/readyz", "/actuator/health"}) {
        assertThat(anybody.get(path).status()).as(path).isEqualTo(503);
      }
      anybody.send("DELETE", "/exports/one", "", "Sec-Fetch-Site", "cross-site");
      for (String type : new String[] {"text/plain", "application/xml"}) {
        for (String path : new String[] {"/finish", "/data/confirm"}) {
          anybody.send("POST", "/exports/one" + path, "{}", "Content-Type", type);
        }
      }
      anybody.send("DELETE", "/exports/one", "");
      Set<String> told = new HashSet<>();
      while (!told.contains("deleted")) {
        EventReader.Event event = events.next();
        assertThat(witness.eventErrors(event.type(), event.data())).isEmpty();
        told.add(event.type());
      }
      assertThat(told).contains("export");
    }
  }
}
