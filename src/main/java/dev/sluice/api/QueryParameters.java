package dev.sluice.api;

import dev.sluice.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses query parameters that a method of the API does not have, because a misspelt one would
 * seem to be in effect. The known ones are those that the method declares.
 */
@Configuration(proxyBeanMethods = false)
class QueryParameters implements WebMvcConfigurer, HandlerInterceptor {

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/exports", "/exports/**");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    String query = request.getQueryString();
    if (query != null && handler instanceof HandlerMethod method) {
      List<String> known = known(method);
      // Not the request's parameters, which would include those of a form in its body.
      for (String parameter : StringUtils.delimitedListToStringArray(query, "&")) {
        requireKnown(parameter, known);
      }
    }
    return true;
  }

  private static List<String> known(HandlerMethod method) {
    return Stream.of(method.getMethodParameters())
        .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
        .map(parameter -> parameter.getParameter().getName())
        .toList();
  }

  /**
   * Checks a name with its value, or without one.
   *
   * @throws ProblemException if there is no parameter of this name
   */
  private static void requireKnown(String parameter, List<String> known) {
    int end = parameter.indexOf('=');
    String name = decode(end < 0 ? parameter : parameter.substring(0, end));
    if (!parameter.isEmpty() && !known.contains(name)) {
      throw ProblemException.of(
          name,
          end < 0 ? null : decode(parameter.substring(end + 1)),
          "there is no such query parameter; expected "
              + (known.isEmpty() ? "none" : String.join(", ", known)));
    }
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return encoded; // not the name of a parameter either
    }
  }
}
