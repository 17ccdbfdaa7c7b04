package dev.sluice.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Ignores a charset in the Accept header. JSON is always UTF-8 (RFC 8259, 8.1), and Spring would
 * notice only after carrying out the request that it cannot write another charset.
 */
@Configuration(proxyBeanMethods = false)
class AcceptConfiguration implements WebMvcConfigurer {

  private static final String CHARSET = "charset";

  private final ContentNegotiationStrategy header = new HeaderContentNegotiationStrategy();

  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
    configurer.strategies(List.of(this::mediaTypes));
  }

  private List<MediaType> mediaTypes(NativeWebRequest request)
      throws HttpMediaTypeNotAcceptableException {
    return header.resolveMediaTypes(request).stream()
        .map(AcceptConfiguration::withoutCharset)
        .toList();
  }

  private static MediaType withoutCharset(MediaType type) {
    if (type.getCharset() == null) {
      return type;
    }
    Map<String, String> parameters = new LinkedHashMap<>(type.getParameters());
    parameters.keySet().removeIf(CHARSET::equalsIgnoreCase);
    return new MediaType(type, parameters);
  }
}
