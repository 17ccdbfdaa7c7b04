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

/** Routes a request about an export to this pod's REST API, to the owner's, or to the resource. */
final class ExportRouter {

  private static final int TEMPORARY_REDIRECT = 307;

  private final ExportLocator locator;
  private final Forwarder forwarder;
  private final ExportCreator creator;
  private final ExportEditor editor;
  private final JsonReplies replies;
  private final ExportViews views;

  /** Requests that wait for other pods, which answer as soon as they can. */
  private final Semaphore forwarded;

  /** Those that wait for what becomes of an export, for as long as an hour. */
  private final Semaphore waiting;

  /** Those that wait until an export is made; what makes room for it does not wait for them. */
  private final Semaphore making;

  /** Those that wait for the API server. */
  private final Semaphore written;

  private final int limit;

  ExportRouter(
      ExportLocator locator,
      Forwarder forwarder,
      ExportCreator creator,
      ExportEditor editor,
      JsonReplies replies,
      ExportViews views,
      KubernetesProperties properties) {
    this.locator = locator;
    this.forwarder = forwarder;
    this.creator = creator;
    this.editor = editor;
    this.replies = replies;
    this.views = views;
    this.limit = properties.maxForwards();
    this.forwarded = new Semaphore(limit);
    this.waiting = new Semaphore(limit);
    this.making = new Semaphore(limit);
    this.written = new Semaphore(limit);
  }

  /** Returns the work for a request; empty if the local REST API handles it. */
  Optional<Callable<Reply>> of(ApiPath path, HttpServletRequest request) throws IOException {
    String method = request.getMethod();
    if (path.isAll()) {
      return method.equals("POST")
          ? limited(making, path, request, creator::post)
          : Optional.empty();
    }
    if (!isServed(method, path)) {
      return Optional.empty();
    }
    if (path.part() == ApiPath.Part.ALL && method.equals("PUT")) {
      return limited(making, path, request, creator::put);
    }
    if (method.equals("DELETE") || method.equals("PATCH")) {
      locator.shared(); // or the resource would stay as it is
    }
    return switch (locator.of(path.name())) {
      case ExportLocation.Local _ -> Optional.empty();
      case ExportLocation.Here here -> here(path, request, here.resource());
      case ExportLocation.There there -> there(path, request, there);
      case ExportLocation.Nowhere nowhere -> nowhere(path, request, nowhere.resource());
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
    Reply of(ApiCall call) throws Exception;
  }

  private Optional<Callable<Reply>> write(ApiPath path, HttpServletRequest request, Work work)
      throws IOException {
    return limited(written, path, request, work);
  }

  private Optional<Callable<Reply>> limited(
      Semaphore free, ApiPath path, HttpServletRequest request, Work work) throws IOException {
    ApiCall call = ApiCall.of(request, path, views.rights().seesNames());
    return Optional.of(
        () -> {
          if (!free.tryAcquire()) {
            throw ClusterProblems.later(
                "%d requests wait for other pods, and sluice.kubernetes.max-forwards permits no more; try again"
                    .formatted(limit));
          }
          try {
            return work.of(call);
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
      case "DELETE" -> write(path, request, call -> editor.deleteHere(call, resource));
      case "PATCH" -> write(path, request, call -> editor.changeHere(call, resource));
      default -> Optional.empty();
    };
  }

  private Optional<Callable<Reply>> there(
      ApiPath path, HttpServletRequest request, ExportLocation.There there) throws IOException {
    if (request.getHeader(Forwarder.FORWARDED_BY) != null) {
      throw ClusterProblems.moved();
    }
    Owner owner = Objects.requireNonNull(there.resource().known().owner());
    if (path.part() == ApiPath.Part.DATA) {
      return Optional.of(redirection(path, request, there.api()));
    }
    return limited(
        waits(path, request) ? waiting : forwarded,
        path,
        request,
        call -> forwarder.pass(call, there.api(), owner));
  }

  private static boolean waits(ApiPath path, HttpServletRequest request) {
    return path.part() == ApiPath.Part.ALL && request.getParameter("waitFor") != null;
  }

  /** Redirects to the owner, so that data does not pass through this pod. */
  private Callable<Reply> redirection(ApiPath path, HttpServletRequest request, URI api) {
    String target =
        Forwarder.target(path, request.getQueryString(), ApiCall.ticket(request), api).toString();
    return () ->
        new Reply.Answer(TEMPORARY_REDIRECT, Map.of(HttpHeaders.LOCATION, target), Body.NONE);
  }

  private Optional<Callable<Reply>> nowhere(
      ApiPath path, HttpServletRequest request, StreamExport resource) throws IOException {
    if (path.part() == ApiPath.Part.DATA) {
      throw ExportEditor.noData(resource);
    }
    if (waits(path, request) && !resource.known().isFinal()) {
      throw ClusterProblems.later("no pod has the export now; try again");
    }
    return write(
        path,
        request,
        call ->
            switch (path.part()) {
              case FINISH -> editor.finishNowhere(call, resource);
              case CONFIRMATION -> editor.confirmNowhere(call, resource);
              default ->
                  switch (call.method()) {
                    case "DELETE" -> editor.deleteNowhere(call, resource);
                    case "PATCH" -> editor.changeNowhere(call, resource);
                    default -> replies.detailed(resource, call.seesNames());
                  };
            });
  }
}
