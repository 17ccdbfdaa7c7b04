package dev.sluice.api.page;

import dev.sluice.api.page.RootController.Root;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.stereotype.Component;

/** Serves the page at the root to clients that prefer HTML to JSON, as browsers do. */
@Component
final class PageConverter extends AbstractHttpMessageConverter<Root> {

  private final byte[] page;

  PageConverter() throws IOException {
    super(MediaType.TEXT_HTML);
    page = new ClassPathResource("page/index.html").getContentAsByteArray();
  }

  @Override
  protected boolean supports(Class<?> type) {
    return type == Root.class;
  }

  @Override
  protected boolean canRead(@Nullable MediaType type) {
    return false;
  }

  @Override
  protected Root readInternal(Class<? extends Root> type, HttpInputMessage input) {
    throw new HttpMessageNotReadableException("a page is no request", input);
  }

  @Override
  protected void writeInternal(Root root, HttpOutputMessage output) throws IOException {
    output.getBody().write(page);
  }
}
