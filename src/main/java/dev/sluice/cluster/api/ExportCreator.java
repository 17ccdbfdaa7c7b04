package dev.sluice.cluster.api;

import dev.sluice.api.ExportMaker;
import dev.sluice.api.SpecDifferences;
import dev.sluice.api.problem.FieldError;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import dev.sluice.cluster.view.ResourceViews;
import dev.sluice.export.ExportException;
import dev.sluice.export.ExportSpec;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates resources for {@code POST} and {@code PUT}, and responds when a pod has made or refused
 * the export.
 */
final class ExportCreator {

  private static final int ATTEMPTS = 3;

  private final Supplier<SharedExports> all;
  private final ReadinessWait readiness;
  private final ExportMaker maker;
  private final CreatedExportViews views;
  private final ResourceViews resources;
  private final JsonMapper json;

  ExportCreator(
      Supplier<SharedExports> all,
      ReadinessWait readiness,
      ExportMaker maker,
      CreatedExportViews views,
      ResourceViews resources,
      JsonMapper json) {
    this.all = all;
    this.readiness = readiness;
    this.maker = maker;
    this.views = views;
    this.resources = resources;
    this.json = json;
  }

  /** Handles {@code POST /exports}. */
  Reply post(ApiCall call) throws HttpMediaTypeNotSupportedException, InterruptedException {
    ContentTypes.require(ContentTypes.JSON, call);
    CreateRequest requested = CreateRequest.read(call.body().bytes(), null, maker, json);
    StreamExport made =
        create(requested)
            .orElseThrow(() -> ExportException.nameInUse(requested.asked().spec().name()));
    return views.made(
        call, accepted(readiness.settled(made), requested), requested.asked().ticket());
  }

  /** Handles {@code PUT /exports/NAME}. */
  Reply put(ApiCall call) throws HttpMediaTypeNotSupportedException, InterruptedException {
    ContentTypes.require(ContentTypes.JSON, call);
    CreateRequest requested =
        CreateRequest.read(call.body().bytes(), call.path().name(), maker, json);
    Optional<StreamExport> made = create(requested);
    if (made.isPresent()) {
      return views.made(
          call, accepted(readiness.settled(made.get()), requested), requested.asked().ticket());
    }
    ExportSpec asked = requested.asked().spec();
    StreamExport there =
        now(asked.name()).orElseThrow(() -> ExportException.nameInUse(asked.name()));
    List<FieldError> differences =
        SpecDifferences.between(
            asked,
            resources.spec(there).orElseThrow(() -> ExportException.nameInUse(asked.name())));
    if (!differences.isEmpty()) {
      throw ProblemException.of(ProblemType.OTHER_FIELDS, differences);
    }
    return views.there(call, readiness.ready(there));
  }

  /** Creates the resource; empty if the name is taken by one that is not being deleted. */
  private Optional<StreamExport> create(CreateRequest requested) throws InterruptedException {
    String name = requested.asked().spec().name();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return Optional.of(all.get().create(name, requested.labels(), requested.spec()));
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw ClusterProblems.of(e);
        }
      }
      Optional<StreamExport> there = now(name);
      if (there.isPresent() && !there.get().isBeingDeleted()) {
        return Optional.empty();
      }
      if (there.isPresent()) {
        readiness.awaitEnd(there.get());
      }
    }
    return Optional.empty();
  }

  private Optional<StreamExport> now(String name) {
    try {
      return all.get().now(name);
    } catch (KubernetesClientException e) {
      throw ClusterProblems.of(e);
    }
  }

  /**
   * Returns an accepted resource. Deletes a refused one, and throws the problem it was refused
   * with.
   */
  private StreamExport accepted(StreamExport resource, CreateRequest requested) {
    Optional<Condition> refusal = resource.known().refusal();
    if (refusal.isEmpty()) {
      return resource;
    }
    try {
      remove(resource);
    } catch (KubernetesClientException e) {
      throw ClusterProblems.of(e);
    }
    throw refused(refusal.get(), requested);
  }

  /** Deletes a resource whose status is final, whatever its version. */
  private void remove(StreamExport refused) {
    Optional<StreamExport> now = Optional.of(refused);
    for (int attempt = 0; attempt < ATTEMPTS && now.isPresent(); attempt++) {
      try {
        all.get().delete(now.get());
        return;
      } catch (KubernetesClientException e) {
        if (!SharedExports.isOutdated(e)) {
          throw e;
        }
        now = all.get().now(refused.name()).filter(one -> one.uid().equals(refused.uid()));
      }
    }
  }

  private static ProblemException refused(Condition refusal, CreateRequest requested) {
    ProblemType type =
        Stream.of(ProblemType.values())
            .filter(one -> one.reason().equals(refusal.reason()))
            .findFirst()
            .orElse(ProblemType.WRONG_FIELDS);
    String[] words = refusal.message().split(": ", 2);
    String field = words[0];
    return words.length == 2 && (requested.sent().has(field) || field.equals("name"))
        ? ProblemException.of(
            type, List.of(new FieldError(field, requested.sent().get(field), words[1])))
        : new ProblemException(type, refusal.message());
  }
}
