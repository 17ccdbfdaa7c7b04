package dev.sluice.cluster.api;

import dev.sluice.api.ExportViews;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.resource.StreamExport;
import dev.sluice.cluster.resource.StreamExportStatus.Owner;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;

/** Who answers a request about exports: this pod's own REST API, another pod's, or the resource. */
final class OneApi {

  private static final int TEMPORARY_REDIRECT = 307;

  private final Places places;
  private final Forwards forwards;
  private final Makings makings;
  private final Edits edits;
  private final Replies replies;
  private final ExportViews views;

  /** Requests that wait for other pods, for as long as an hour. */
  private final Semaphore forwarded;

  /** Requests that wait for the API server, and until an export is made. */
  private final Semaphore written;

  private final int limit;

  OneApi(
      Places places,
      Forwards forwards,
      Makings makings,
      Edits edits,
      Replies replies,
      ExportViews views,
      KubernetesProperties properties) {
    this.places = places;
    this.forwards = forwards;
    this.makings = makings;
    this.edits = edits;
    this.replies = replies;
    this.views = views;
    this.limit = properties.maxForwards();
    this.forwarded = new Semaphore(limit);
    this.written = new Semaphore(limit);
  }

  /** What is to be done for a request; empty if that is the local REST API's business. */
  Optional<Callable<Reply>> of(ApiPath path, HttpServletRequest request) throws IOException {
    String method = request.getMethod();
    if (path.isAll()) {
      return method.equals("POST") ? write(path, request, makings::post) : Optional.empty();
    }
    if (!isServed(method, path)) {
      return Optional.empty();
    }
    if (path.part() == ApiPath.Part.ALL && method.equals("PUT")) {
      return write(path, request, makings::put);
    }
    if (method.equals("DELETE") || method.equals("PATCH")) {
      places.shared(); // or the resource would stay as it is
    }
    return switch (places.of(path.name())) {
      case Place.Local _ -> Optional.empty();
      case Place.Here here -> here(path, request, here.resource());
      case Place.There there -> there(path, request, there);
      case Place.Nowhere nowhere -> nowhere(path, request, nowhere.resource());
    };
  }

  private static boolean isServed(String method, ApiPath path) {
    return switch (path.part()) {
      case ALL ->
          switch (method) {
            case "GET", "HEAD", "PUT", "PATCH", "DELETE" -> true;
            default -> false;
          };
      case FINISH, CONFIRMATION -> method.equals("POST");
      case DATA ->
          switch (method) {
            case "GET", "HEAD", "PUT", "POST" -> true;
            default -> false;
          };
    };
  }

  private interface Work {
    Reply of(Asking asking) throws Exception;
  }

  private Optional<Callable<Reply>> write(ApiPath path, HttpServletRequest request, Work work)
      throws IOException {
    return limited(written, path, request, work);
  }

  private Optional<Callable<Reply>> limited(
      Semaphore free, ApiPath path, HttpServletRequest request, Work work) throws IOException {
    Asking asking = Asking.of(request, path, views.rights().seesNames());
    return Optional.of(
        () -> {
          if (!free.tryAcquire()) {
            throw Problem.later(
                "%d requests wait for other pods, and sluice.kubernetes.max-forwards permits no more; try again"
                    .formatted(limit));
          }
          try {
            return work.of(asking);
          } finally {
            free.release();
          }
        });
  }

  private Optional<Callable<Reply>> here(
      ApiPath path, HttpServletRequest request, StreamExport resource) throws IOException {
    if (path.part() != ApiPath.Part.ALL) {
      return Optional.empty();
    }
    return switch (request.getMethod()) {
      case "DELETE" -> write(path, request, asking -> edits.deleteHere(asking, resource));
      case "PATCH" -> write(path, request, asking -> edits.changeHere(asking, resource));
      default -> Optional.empty();
    };
  }

  private Optional<Callable<Reply>> there(
      ApiPath path, HttpServletRequest request, Place.There there) throws IOException {
    if (request.getHeader(Forwards.FORWARDED_BY) != null) {
      throw Problem.moved();
    }
    Owner owner = Objects.requireNonNull(there.resource().known().owner());
    if (path.part() == ApiPath.Part.DATA) {
      return Optional.of(redirection(path, request, there.api()));
    }
    return limited(forwarded, path, request, asking -> forwards.pass(asking, there.api(), owner));
  }

  /** The bytes go to the pod that has the export, and not through this one. */
  private Callable<Reply> redirection(ApiPath path, HttpServletRequest request, URI api) {
    String target =
        Forwards.target(path, request.getQueryString(), Asking.ticket(request), api).toString();
    return () ->
        new Reply.Answer(TEMPORARY_REDIRECT, Map.of(HttpHeaders.LOCATION, target), Body.NONE);
  }

  private Optional<Callable<Reply>> nowhere(
      ApiPath path, HttpServletRequest request, StreamExport resource) throws IOException {
    if (path.part() == ApiPath.Part.DATA) {
      throw Edits.noData(resource);
    }
    boolean waits = request.getParameter("waitFor") != null && !resource.known().isFinal();
    if (waits && path.part() == ApiPath.Part.ALL) {
      throw Problem.later("no pod has the export now; try again");
    }
    return write(
        path,
        request,
        asking ->
            switch (path.part()) {
              case FINISH -> edits.finishNowhere(asking, resource);
              case CONFIRMATION -> edits.confirmNowhere(asking, resource);
              default ->
                  switch (asking.method()) {
                    case "DELETE" -> edits.deleteNowhere(asking, resource);
                    case "PATCH" -> edits.changeNowhere(asking, resource);
                    default -> replies.detailed(resource, asking.seesNames());
                  };
            });
  }
}
