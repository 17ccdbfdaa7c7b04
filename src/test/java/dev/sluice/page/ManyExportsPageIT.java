package dev.sluice.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import dev.sluice.cluster.ClusterRig;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page with many exports, and with a service that goes and comes. */
@Timeout(180)
class ManyExportsPageIT {

  private static final int MANY = 1000;

  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    if (browser != null) { // or there is no Chromium
      browser.close();
    }
  }

  private static Page open(int port) {
    Page page = browser.open();
    page.navigate("http://127.0.0.1:" + port + "/");
    assertThat(page.locator("#connection")).hasText("live");
    return page;
  }

  @Test
  void aThousandExportsStayUsable() {
    try (OwnService sluice = OwnService.with("sluice.exports.max=" + MANY)) {
      for (int i = 0; i < MANY; i++) {
        sluice.api().createForHttp("e%04d".formatted(i), "write", null, Map.of());
      }
      Page page = open(sluice.port());
      assertThat(page.locator(".filters")).containsText(MANY + " not ended");
      assertThat(page.locator("tbody tr")).hasCount(100);
      assertThat(page.locator("thead")).not().containsText("Pod");
      assertThat(page.locator(".pages")).containsText("Page 1 of 10");
      assertThat(page.locator("tbody th a").first()).hasText("e0999");

      Browser.button(page, "Next").click();
      assertThat(page.locator("tbody th a").first()).hasText("e0899");
      page.getByLabel("Text").fill("e0123");
      assertThat(page.locator("tbody tr")).hasCount(1);
      page.locator("tbody th a").click();
      assertThat(page.locator("h1")).containsText("e0123");
      Browser.assertAccessible(page);
      page.context().close();
    }
    assertThat(browser.complaints()).filteredOn(each -> !each.contains("Failed to load")).isEmpty();
  }

  @Test
  void aColumnSaysWhichPodHasAnExport() throws Exception {
    KubernetesApi.require();
    try (ClusterRig rig = new ClusterRig()) {
      OwnService sluice = rig.pod("sluice-7");
      await().until(() -> sluice.api().statusOf("/exports/nobody") == 404); // it takes part now
      sluice.create("mine", "write", 1 << 20);
      Page page = open(sluice.port());
      assertThat(page.locator("tbody tr")).containsText("sluice-7");
      Browser.button(page, "Pod").click();
      assertThat(page.locator("th[aria-sort=ascending]")).hasText(Pattern.compile("Pod.*"));
      page.getByLabel("Text").fill("sluice-8");
      assertThat(page.locator("main")).containsText("No export is like this.");
      page.getByLabel("Text").fill("sluice-7");
      Browser.assertAccessible(page);
      page.locator("tbody th a").click();
      assertThat(page.locator(".facts")).containsText("sluice-7");
      page.context().close();
    }
  }

  @Test
  void aServiceThatIsStartedAgainIsFoundAgain() throws IOException {
    Path root = Workspace.newPath("root");
    // Bound and never listening: nobody else gets the port while the service is away.
    try (Socket port = new Socket()) {
      port.setReuseAddress(true);
      port.bind(new InetSocketAddress(0));
      List<String> properties =
          List.of(
              "sluice.exports.store=" + Workspace.newPath("store"),
              "server.port=" + port.getLocalPort());
      Page page;
      try (OwnService sluice = OwnService.at(root, properties)) {
        sluice.create("kept", "write", 1 << 20);
        page = open(sluice.port());
        page.locator("tbody th a").click();
        assertThat(page.locator("h1")).containsText("kept");
      }
      assertThat(page.locator("#connection")).containsText("The connection is lost");
      Browser.assertAccessible(page);
      Pictures.take(page, "lost");

      try (OwnService _ = OwnService.at(root, properties)) {
        assertThat(page.locator("#connection")).hasText("live");
        assertThat(page.locator("h1")).containsText("kept WAITING");
        assertThat(page.locator(".events li")).hasCount(2);
        page.context().close();
      }
    }
  }
}
