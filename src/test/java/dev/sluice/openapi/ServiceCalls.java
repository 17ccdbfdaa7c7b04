package dev.sluice.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.ExportRegistry;
import dev.sluice.testing.OwnService;
import java.util.List;

/** Requests about the service itself, what tokens permit, and the end of the service. */
final class ServiceCalls {

  private final OwnService sluice;
  private final Witness witness;
  private final Caller operator;

  ServiceCalls(OwnService sluice, Witness witness) {
    this.sluice = sluice;
    this.witness = witness;
    this.operator = new Caller(sluice, DescribedServiceTest.OPERATOR, witness);
  }

  void make() {
    for (String path :
        List.of(
            "/",
            "/problems/no-such-export",
            "/v3/api-docs",
            "/livez",
            "/readyz",
            "/actuator/health",
            "/actuator/info",
            "/actuator/prometheus")) {
      assertThat(operator.get(path).status()).as(path).isEqualTo(200);
    }
    for (String path : List.of("/", "/problems/no-such-export", "/v3/api-docs")) {
      operator.get(path, "Accept", "image/png");
    }
    operator.get("/problems/none");
    operator.send("GET", "/exports", "{}");
    new Caller(sluice, "", witness).get("/exports");
    new Caller(sluice, "a-wrong-token-00001", witness).get("/exports");
    new Caller(sluice, DescribedServiceTest.VIEWER, witness).send("DELETE", "/exports/vm1", "");
    end();
  }

  private void end() {
    sluice.bean(ExportRegistry.class).refuseNew();
    operator.post("/exports", "{\"peer\": \"http\", \"direction\": \"write\"}");
  }
}
