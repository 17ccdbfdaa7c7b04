package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @Test
  void nothingAtAllStartsTheService() {
    assertThat(Main.isCommandLine()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--server.port=0",
        "--sluice.nbd.port=0",
        "--sluice.exports.roots=/a,/b",
        "--spring.config.location=file:/etc/sluice/",
        "--debug",
        "--trace",
        "--debug=true"
      })
  void aKeyStartsTheService(String first) {
    assertThat(Main.isCommandLine(first, "streaming")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "-V",
        "-U",
        "-p10809",
        "-fv",
        "--unix=/a/b.sock",
        "--tls-certificates=/etc/pki/a.b",
        "--run=qemu-img info a.b",
        "--exit-with-parent",
        "streaming",
        "stream.ing",
        "-",
        "--",
        ""
      })
  void anythingElseIsACommandLine(String first) {
    assertThat(Main.isCommandLine(first, "--server.port=0")).isTrue();
  }
}
