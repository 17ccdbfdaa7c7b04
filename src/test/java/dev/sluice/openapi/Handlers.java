package dev.sluice.openapi;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The methods of controllers that take requests, by such as {@code GET /exports/{name}}. */
final class Handlers {

  private final Map<String, Method> all = new TreeMap<>();

  Handlers() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
    scanner.findCandidateComponents("dev.sluice").stream()
        .map(found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null))
        .forEach(this::add);
  }

  private void add(Class<?> controller) {
    RequestMapping above =
        AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
    String prefix = above == null ? "" : above.path()[0];
    for (Method method : controller.getDeclaredMethods()) {
      RequestMapping mapping =
          AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
      if (mapping != null && !mapping.path()[0].startsWith("$")) {
        for (RequestMethod verb : mapping.method()) {
          all.put(verb + " " + prefix + mapping.path()[0], method);
        }
      }
    }
  }

  /** All of them; that of errors is none. */
  Map<String, Method> all() {
    return all;
  }

  /** The query parameters of one. */
  static List<String> parameters(Method method) {
    return Stream.of(method.getParameters())
        .filter(parameter -> parameter.isAnnotationPresent(RequestParam.class))
        .map(Parameter::getName)
        .toList();
  }

  /** The headers that one heeds. */
  static List<String> headers(Method method) {
    return Stream.of(method.getParameters())
        .map(
            parameter -> AnnotatedElementUtils.findMergedAnnotation(parameter, RequestHeader.class))
        .filter(header -> header != null)
        .map(RequestHeader::name)
        .toList();
  }

  /** The types of bodies that one takes. */
  static List<String> consumes(Method method) {
    String[] types =
        AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class).consumes();
    return types.length == 0 ? List.of("application/json") : List.of(types);
  }
}
