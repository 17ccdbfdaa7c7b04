package dev.sluice.cluster.owner;

import dev.sluice.api.ExportMaker;
import dev.sluice.api.request.ChangeRequest;
import dev.sluice.api.request.JsonBody;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.export.Export;
import dev.sluice.stream.StreamSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Makes and changes exports as the spec of a resource says, with the code of the REST API. */
public final class SpecApplier {

  private final ExportMaker maker;
  private final JsonMapper json;
  private final URI apiUrl;

  public SpecApplier(ExportMaker maker, JsonMapper json, URI apiUrl) {
    this.maker = maker;
    this.json = json;
    this.apiUrl = apiUrl;
  }

  /**
   * Makes the export of a resource. Fails as {@link ExportMaker#make} does.
   *
   * @param isMine whether no other pod can have it, which is asked before the first byte
   */
  OwnedExport make(StreamExport resource, BooleanSupplier isMine) {
    FirstByteGate gate = new FirstByteGate(isMine);
    Map<String, Object> body = resource.request();
    body.put("name", resource.name());
    ExportMaker.Made made =
        maker.make(
            json.writeValueAsBytes(body),
            resource.exportId(),
            resource.createdAt(),
            resource.ticketHash(),
            gate);
    Export export = made.export();
    return new OwnedExport(
        resource.uid(),
        export,
        made.uris(),
        dataUrl(export),
        fixed(resource.getSpec()),
        gate,
        new AtomicReference<>());
  }

  private @Nullable String dataUrl(Export export) {
    return !export.spec().isOverHttp()
        ? null
        : apiUrl.toString().replaceFirst("/$", "") + "/exports/" + export.name() + "/data";
  }

  /** Applies the rate limit of the spec. */
  void follow(StreamExport resource, OwnedExport owned) {
    Map<String, Object> change = new HashMap<>();
    change.put(StreamExport.RATE_LIMIT, resource.getSpec().get(StreamExport.RATE_LIMIT));
    JsonBody<ChangeRequest> body =
        JsonBody.read(json.writeValueAsBytes(change), ChangeRequest.class);
    Export export = owned.export();
    StreamSettings now = export.stream().settings();
    if (!ChangeRequest.apply(body, now).equals(now)) {
      export.change(settings -> ChangeRequest.apply(body, settings));
    }
  }

  /** Returns the immutable fields that have changed since the export was made, sorted. */
  static List<String> changed(StreamExport resource, OwnedExport owned) {
    Map<String, Object> now = fixed(resource.getSpec());
    Map<String, Object> all = new HashMap<>(owned.made());
    all.putAll(now);
    return all.keySet().stream()
        .filter(field -> !Objects.equals(now.get(field), owned.made().get(field)))
        .sorted()
        .toList();
  }

  private static Map<String, Object> fixed(Map<String, Object> spec) {
    Map<String, Object> fixed = new HashMap<>(spec);
    fixed
        .keySet()
        .removeAll(Set.of(StreamExport.RATE_LIMIT, StreamExport.TTL, StreamExport.CANCEL));
    return fixed;
  }
}
