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
 * Makes resources of what somebody asks for, and answers when a pod has made the export, or does
 * not want to.
 */
final class Makings {

  private static final int ATTEMPTS = 3;

  private final Supplier<SharedExports> all;
  private final Readiness readiness;
  private final ExportMaker maker;
  private final MadeViews views;
  private final ResourceViews resources;
  private final JsonMapper json;

  Makings(
      Supplier<SharedExports> all,
      Readiness readiness,
      ExportMaker maker,
      MadeViews views,
      ResourceViews resources,
      JsonMapper json) {
    this.all = all;
    this.readiness = readiness;
    this.maker = maker;
    this.views = views;
    this.resources = resources;
    this.json = json;
  }

  /** As {@code POST /exports}. */
  Reply post(Asking asking) throws HttpMediaTypeNotSupportedException, InterruptedException {
    Bodies.require(Bodies.JSON, asking);
    Wish wish = Wish.read(asking.body().bytes(), null, maker, json);
    StreamExport made =
        create(wish).orElseThrow(() -> ExportException.nameInUse(wish.asked().spec().name()));
    return views.made(asking, accepted(readiness.settled(made), wish), wish.asked().ticket());
  }

  /** As {@code PUT /exports/NAME}. */
  Reply put(Asking asking) throws HttpMediaTypeNotSupportedException, InterruptedException {
    Bodies.require(Bodies.JSON, asking);
    Wish wish = Wish.read(asking.body().bytes(), asking.path().name(), maker, json);
    Optional<StreamExport> made = create(wish);
    if (made.isPresent()) {
      return views.made(
          asking, accepted(readiness.settled(made.get()), wish), wish.asked().ticket());
    }
    ExportSpec asked = wish.asked().spec();
    StreamExport there =
        now(asked.name()).orElseThrow(() -> ExportException.nameInUse(asked.name()));
    List<FieldError> differences =
        SpecDifferences.between(
            asked,
            resources.spec(there).orElseThrow(() -> ExportException.nameInUse(asked.name())));
    if (!differences.isEmpty()) {
      throw ProblemException.of(ProblemType.OTHER_FIELDS, differences);
    }
    return views.there(asking, readiness.ready(there));
  }

  /** Empty if there is one of this name, which is not about to go. */
  private Optional<StreamExport> create(Wish wish) throws InterruptedException {
    String name = wish.asked().spec().name();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return Optional.of(all.get().create(name, wish.labels(), wish.spec()));
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw Problem.of(e);
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
      throw Problem.of(e);
    }
  }

  /** Fails with the problem that it was refused with, and removes its resource. */
  private StreamExport accepted(StreamExport resource, Wish wish) {
    Optional<Condition> refusal = resource.known().refusal();
    if (refusal.isEmpty()) {
      return resource;
    }
    try {
      remove(resource);
    } catch (KubernetesClientException e) {
      throw Problem.of(e);
    }
    throw refused(refusal.get(), wish);
  }

  /** Nothing but its finalizer can change any more. */
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

  private static ProblemException refused(Condition refusal, Wish wish) {
    ProblemType type =
        Stream.of(ProblemType.values())
            .filter(one -> one.reason().equals(refusal.reason()))
            .findFirst()
            .orElse(ProblemType.WRONG_FIELDS);
    String[] words = refusal.message().split(": ", 2);
    String field = words[0];
    return words.length == 2 && (wish.sent().has(field) || field.equals("name"))
        ? ProblemException.of(
            type, List.of(new FieldError(field, wish.sent().get(field), words[1])))
        : new ProblemException(type, refusal.message());
  }
}
