package dev.sluice.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.OwnService;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a real browser, of a service that asks nobody for a token. */
@Timeout(180)
class PageIT {

  private static final int MIB = 1 << 20;
  private static final String LONG = "a-rather-long-name-of-an-export-for-one-line";

  private static Browser browser;
  private static OwnService sluice;

  private Page page;

  @BeforeAll
  static void start() {
    browser = new Browser();
    sluice = OwnService.with("sluice.exports.max=40");
  }

  @AfterAll
  static void stop() {
    try (Browser _ = browser;
        OwnService _ = sluice) {
      // Both, whatever becomes of the other.
    }
  }

  @BeforeEach
  void openPage() {
    page = browser.open();
    page.navigate(address("/"));
    assertThat(page.locator("#connection")).hasText("live");
  }

  @AfterEach
  void complainOfNothing() {
    page.context().close();
    sluice.api().list().forEach(export -> sluice.api().delete(export.name(), true));
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).allMatch(url -> url.startsWith(address("/")));
  }

  private static String address(String path) {
    return "http://127.0.0.1:" + sluice.port() + path;
  }

  private Locator row(String name) {
    return page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(name));
  }

  private Locator button(String name) {
    return Browser.button(page, name);
  }

  private void show(String name) {
    Browser.link(page, name).click();
    assertThat(page.locator("h1")).containsText(name);
  }

  private Locator state() {
    return page.locator("h1 .state");
  }

  /** Writes random bytes through an export, slowly enough to be watched. */
  private static void stream(String name, int bytes) throws Exception {
    byte[] data = new byte[bytes];
    new Random(7).nextBytes(data);
    CompletableFuture<byte[]> peer = sluice.peerReads(name);
    try (RawNbdClient client = sluice.connect()) {
      client.go(name);
      for (int at = 0; at < bytes; at += MIB) {
        client.write(at, Arrays.copyOfRange(data, at, Math.min(bytes, at + MIB)));
      }
      client.disconnect();
    }
    assertThat(peer.get()).isEqualTo(data);
  }

  @Test
  void anExportIsMadeByTheFormAndWatchedToItsEnd() throws Exception {
    show("Make one", "Make an export");
    page.getByLabel("Name").fill("nightly");
    page.getByLabel("Path").fill(sluice.root().resolve("nightly").toString());
    page.getByLabel("Size").fill("8M");
    page.getByLabel("Labels").fill("job=nightly, vm=vm1");
    assertThat(page.locator("form code"))
        .containsText("curl --fail " + address("/exports") + " --json '{\"name\":\"nightly\"");
    Pictures.take(page, "form");
    page.evaluate("window.sameAsBefore = true");
    button("Make it").click();

    assertThat(state()).hasText("WAITING");
    assertThat(page.locator("main")).containsText("qemu-img convert -n -O raw disk.qcow2 nbd");
    assertThat(page.locator("main")).containsText("cat " + sluice.root().resolve("nightly"));
    Pictures.take(page, "waiting");
    stream("nightly", 8 * MIB);

    assertThat(state()).hasText("COMPLETED");
    assertThat(page.locator(".progress")).containsText("8.0 MiB of 8.0 MiB, 100 %");
    assertThat(page.locator(".events li")).hasCount(3);
    assertThat(page.evaluate("window.sameAsBefore")).isEqualTo(true);
    Pictures.take(page, "completed");
  }

  private void show(String link, String title) {
    Browser.link(page, link).click();
    assertThat(page.locator("h1")).hasText(title);
  }

  @Test
  void whoMayUseAnExportIsOneALine() {
    show("Make one", "Make an export");
    page.getByLabel("Name").fill("mine");
    page.getByLabel("Path").fill(sluice.root().resolve("mine").toString());
    page.getByText("More").click();
    page.getByLabel("Networks").fill("10.0.0.0/8\nnowhere");
    button("Make it").click();
    assertThat(page.locator("[id='clients.networks-error']")).containsText("expected an");

    page.getByLabel("Networks").fill("10.0.0.0/8\n::1\n");
    button("Make it").click();
    assertThat(state()).hasText("WAITING");
    assertThat(sluice.api().read("/exports/mine").get("allowedClients").toString())
        .isEqualTo("{\"subjects\":null,\"networks\":[\"10.0.0.0/8\",\"::1\"]}");
  }

  /** The line that the form shows does what the form does. */
  @Test
  void theLineForCurlMakesTheSameExport() {
    show("Make one", "Make an export");
    page.getByLabel("Name").fill("by-curl");
    page.getByLabel("Path").fill(sluice.root().resolve("it's one").toString());
    page.getByLabel("Rate limit").fill("1M");
    button("Copy the line for curl").click();
    String line = (String) page.evaluate("navigator.clipboard.readText()");

    Command.of("sh", "-c", line).run().assertSucceeded();

    assertThat(sluice.api().get("by-curl").rateLimit()).isEqualTo(MIB);
    page.navigate(address("/"));
    assertThat(row("by-curl")).containsText("WAITING");
  }

  @Test
  void aStreamIsSeenToMove() throws Exception {
    sluice.stream("db1-monday", 8 * MIB);
    sluice.create("db1-tuesday", "write", 8 * MIB);
    Files.delete(sluice.root().resolve("db1-tuesday"));
    assertThat(row("db1-tuesday")).containsText("FAILED");
    sluice
        .api()
        .create(
            "restore",
            sluice.root().resolve("restore"),
            "read",
            64L * MIB,
            Map.of("labels", Map.of("vm", "vm2")));
    sluice
        .api()
        .create(
            "slow", sluice.root().resolve("slow"), "write", 12L * MIB, Map.of("rateLimit", "2M"));
    CompletableFuture<Void> streaming =
        CompletableFuture.runAsync(
            () -> {
              try {
                stream("slow", 12 * MIB);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });

    assertThat(row("slow")).containsText("STREAMING");
    assertThat(row("slow")).containsText(Pattern.compile("/s"));
    assertThat(row("slow").locator(".spark polyline")).hasCount(1);
    assertThat(row("slow")).containsText("1 client, peer");
    Pictures.take(page, "list");
    show("slow");
    assertThat(page.locator("#life canvas")).isVisible();
    Browser.assertAccessible(page);
    Pictures.take(page, "streaming");
    streaming.get();
    assertThat(state()).hasText("COMPLETED");
  }

  @Test
  void aFailureIsToldInWordsWithWhatToDo() throws IOException {
    ExportDocument made = sluice.create("lost", "write", MIB);
    show("lost");
    assertThat(state()).hasText("WAITING");

    Files.delete(sluice.root().resolve(made.name()));

    assertThat(state()).hasText("FAILED");
    assertThat(page.locator(".note.bad")).containsText("was removed or replaced");
    assertThat(page.locator(".note.bad"))
        .containsText("What to do: Delete the export, and make it again.");
    Browser.assertAccessible(page);
    Pictures.take(page, "failed");
  }

  @Test
  void anErrorIsBesideTheFieldThatItIsAbout() {
    sluice.create("taken", "write", MIB);
    show("Make one", "Make an export");
    page.getByLabel("Name").fill("taken");
    page.getByLabel("Path").fill("/etc/passwd");
    page.getByLabel("Size").fill("much");
    button("Make it").click();

    assertThat(page.locator("#size-error")).containsText("expected a whole number of bytes");
    assertThat(page.getByLabel("Size")).hasAttribute("aria-invalid", "true");
    assertThat(page.locator("[aria-invalid=true]").first()).isFocused();
    assertThat(page.getByLabel("Name")).hasValue("taken");
    Browser.assertAccessible(page);
    Pictures.take(page, "form-errors");

    page.getByLabel("Size").fill("1M");
    page.getByLabel("Path").fill(sluice.root().resolve("other").toString());
    button("Make it").click();
    assertThat(page.locator("#name-error")).containsText("taken");
    assertThat(page.locator("#size-error")).hasCount(0);
  }

  @Test
  void theListIsFilteredAndSorted() {
    sluice
        .api()
        .create(
            "a", sluice.root().resolve("a"), "write", 3L, Map.of("labels", Map.of("vm", "one")));
    sluice
        .api()
        .create("b", sluice.root().resolve("b"), "read", 2L, Map.of("labels", Map.of("vm", "two")));
    sluice.api().create("c", sluice.root().resolve("c"), "write", 1L, Map.of());
    assertThat(page.locator("tbody tr")).hasCount(3);
    assertThat(page.locator("tbody tr").first()).containsText("c"); // the newest first

    page.getByLabel("Direction").selectOption("read");
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.getByLabel("Direction").selectOption("");
    page.getByLabel("Label").fill("vm=one");
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.getByLabel("Label").fill("");
    page.getByLabel("Text").fill("vm=two");
    assertThat(row("b")).hasCount(1);
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.getByLabel("Text").fill("");
    page.getByLabel("State").selectOption("FAILED");
    assertThat(page.locator("main")).containsText("No export is like this.");
    page.getByLabel("State").selectOption("");

    button("Name").click();
    assertThat(page.locator("tbody th a")).hasText(new String[] {"a", "b", "c"});
    assertThat(page.locator("th[aria-sort=ascending]")).hasText(Pattern.compile("Name.*"));
    button("Name").click();
    assertThat(page.locator("tbody th a")).hasText(new String[] {"c", "b", "a"});

    sluice.api().delete("b", true);
    assertThat(page.locator("tbody tr")).hasCount(2);
  }

  @Test
  void endedOnesFoldAway() throws Exception {
    sluice.create("going", "write", MIB);
    sluice.stream("over", MIB);
    assertThat(row("over")).containsText("COMPLETED");

    page.getByLabel("with 1 that ended").uncheck();
    assertThat(row("over")).hasCount(0);
    assertThat(row("going")).hasCount(1);
    page.getByLabel("with 1 that ended").check();
    assertThat(row("over")).hasCount(1);
  }

  @Test
  void aLimitIsChangedAStreamFinishedAndAnExportDeleted() {
    sluice.create("mine", "write", MIB);
    show("mine");
    page.getByLabel("Rate limit").fill("3M");
    button("Change").click();
    assertThat(page.locator("main")).containsText("The rate limit is 3M per second.");
    assertThat(sluice.api().get("mine").rateLimit()).isEqualTo(3 * MIB);
    page.getByLabel("Rate limit").fill("fast");
    button("Change").click();
    assertThat(page.locator("#action-problem")).containsText("rateLimit");
    assertThat(sluice.api().get("mine").rateLimit()).isEqualTo(3 * MIB);

    button("Finish").click();
    assertThat(page.locator("#action-problem")).containsText("0 of 1048576 bytes were written");
    assertThat(state()).hasText("WAITING");
    button("Delete …").click();
    assertThat(page.locator("dialog")).containsText("Delete mine?");
    Browser.assertAccessible(page);
    Pictures.take(page, "delete");
    button("Keep it").click();
    assertThat(page.locator("dialog")).isHidden();
    assertThat(sluice.api().list()).hasSize(1);
    button("Delete …").click();
    button("Delete mine").click();

    assertThat(page.locator("main")).containsText("There is no export.");
    assertThat(sluice.api().list()).isEmpty();
  }

  /** The rest of a disk is zeroes if somebody says so. */
  @Test
  void aStreamIsFinished() throws Exception {
    sluice.create("short", "write", 2L * MIB);
    CompletableFuture<byte[]> peer = sluice.peerReads("short");
    try (RawNbdClient client = sluice.connect()) {
      client.go("short");
      client.write(0, new byte[MIB]);
    }
    show("short");
    assertThat(state()).hasText("INTERRUPTED");
    Pictures.take(page, "interrupted");
    page.getByLabel("with zeroes for the rest").check();
    button("Finish").click();

    assertThat(state()).hasText("COMPLETED");
    assertThat(peer.get()).hasSize(2 * MIB);
  }

  @Test
  void theKeyboardIsEnough() {
    page.keyboard().press("Tab");
    assertThat(page.locator(".skip")).isFocused();
    press("Tab", "Make one", "Enter");
    assertThat(page.locator("h1")).hasText("Make an export");
    pressUntilFocused("name");
    page.keyboard().type("typed");
    pressUntilFocused("path");
    page.keyboard().type(sluice.root().resolve("typed").toString());
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).containsText("typed");
    press("Tab", "Delete …", "Enter");
    assertThat(page.locator("dialog")).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog")).isHidden();
    assertThat(button("Delete …")).isFocused();
    page.keyboard().press("Enter");
    press("Tab", "Delete typed", "Enter");
    assertThat(page.locator("main")).containsText("There is no export.");
  }

  private void pressUntilFocused(String id) {
    for (int i = 0; i < 40; i++) {
      if (id.equals(page.evaluate("document.activeElement.id"))) {
        return;
      }
      page.keyboard().press("Tab");
    }
    assertThat(page.locator("#" + id)).isFocused();
  }

  /** Goes on by a key until something with this text has the focus, and presses another one. */
  private void press(String step, String text, String then) {
    for (int i = 0; i < 40; i++) {
      if (text.equals(page.evaluate("document.activeElement.textContent.trim()"))) {
        page.keyboard().press(then);
        return;
      }
      page.keyboard().press(step);
    }
    throw new AssertionError("the keyboard does not reach " + text);
  }

  @Test
  void itIsReadableOnATelephone() {
    sluice.create(LONG, "write", MIB);
    Page phone = browser.open(390, 800, ColorScheme.LIGHT);
    for (String place : new String[] {"/", "/#/new", "/#/exports/" + LONG}) {
      phone.navigate(address(place));
      assertThat(phone.locator("#connection")).hasText("live");
      assertThat(phone.locator("h1")).isVisible();
      assertThat((int) phone.evaluate("document.documentElement.scrollWidth"))
          .as(place)
          .isLessThanOrEqualTo(390);
      Browser.assertAccessible(phone);
    }
    Pictures.take(phone, "telephone");
    phone.context().close();
  }

  @Test
  void everybodyCanUseEachPageInEitherColourScheme() throws Exception {
    Browser.assertAccessible(page); // without an export
    sluice.create("there", "read", MIB);
    sluice.stream("over", MIB);
    for (String place :
        List.of("/", "/#/new", "/#/exports/there", "/#/exports/over", "/#/exports/none")) {
      page.navigate(address(place));
      assertThat(page.locator("#connection")).hasText("live");
      assertThat(page.locator("h1")).isVisible();
      Browser.assertAccessible(page);
    }
  }

  /** So that a field which comes to the API comes to the page, too. */
  @Test
  void everyFieldOfTheApiIsShown() {
    sluice.create("all", "write", MIB);
    show("all");
    sluice
        .api()
        .read("/exports/all")
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().isNull() && !field.getKey().equals("events")) {
                assertThat(
                        page.getByRole(
                            AriaRole.ROWHEADER,
                            new Page.GetByRoleOptions().setName(field.getKey()).setExact(true)))
                    .isVisible();
              }
            });
  }

  /** What somebody names is text, and nothing that a browser runs. */
  @Test
  void whatSomebodyNamesIsText() {
    String name = "<img src=x onerror=document.title='run'>";
    sluice.api().create("odd", sluice.root().resolve(name), "write", null, Map.of());
    show("odd");
    assertThat(page.locator(".facts")).containsText(name);
    assertThat(page.locator("main img")).hasCount(0);
    Browser.link(page, "Exports").click();
    page.getByLabel("Text").fill(name);
    assertThat(row("odd")).hasCount(1);
    assertThat(page).hasTitle("Exports – Sluice");
  }

  @Test
  void darkIsDark() {
    String color = "getComputedStyle(document.body).backgroundColor";
    assertThat(page.evaluate(color)).isEqualTo("rgb(255, 255, 255)");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    assertThat(page.evaluate(color)).isEqualTo("rgb(20, 24, 29)");
  }

  /** What a peer by HTTP is told to type. */
  @Test
  void theLineForAPeerByHttpGetsTheDisk() throws Exception {
    sluice.api().createForHttp("disk", "write", (long) MIB, Map.of());
    show("disk");
    String line = page.locator("code").last().textContent();
    assertThat(line).startsWith("curl --fail http://").endsWith("/exports/disk/data -o disk.img");

    URI data = URI.create(line.split(" ")[2]);
    try (HttpClient http = HttpClient.newHttpClient()) {
      CompletableFuture<byte[]> peer =
          http.sendAsync(HttpRequest.newBuilder(data).build(), BodyHandlers.ofInputStream())
              .thenApply(answer -> read(answer.body()));
      try (RawNbdClient client = sluice.connect()) {
        client.go("disk");
        client.write(0, new byte[MIB]);
        client.disconnect();
      }
      assertThat(peer.get()).hasSize(MIB);
    }
    assertThat(state()).hasText("COMPLETED");
  }

  private static byte[] read(InputStream in) {
    try (in) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
