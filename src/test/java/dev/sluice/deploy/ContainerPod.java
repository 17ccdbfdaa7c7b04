package dev.sluice.deploy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * What containers share that work together as those of a pod do: a network, the volume with the
 * pipes, and a user, any but root and none that the image knows. Every container has a root file
 * system that cannot be written to. Closing it ends them all.
 */
final class ContainerPod implements AutoCloseable {

  static final String PIPES = "/run/sluice";

  private final DockerClient docker = DockerClientFactory.instance().client();
  private final int uid = ThreadLocalRandom.current().nextInt(20_000, 60_000);
  private final Network network = Network.newNetwork();
  private final String volume = docker.createVolumeCmd().exec().getName();
  private final List<AutoCloseable> containers = new ArrayList<>();

  int uid() {
    return uid;
  }

  /** The service as the image starts it; it is known as {@code sluice} in the network. */
  SluiceContainer sluice() {
    return sluice(container -> {});
  }

  /** The same with another environment variable. */
  SluiceContainer sluice(String variable, String value) {
    return sluice(container -> container.withEnv(variable, value));
  }

  /** The same with whatever is changed of its container before it starts. */
  SluiceContainer sluice(Consumer<GenericContainer<?>> change) {
    GenericContainer<?> container = container(true).withNetworkAliases("sluice");
    SluiceContainer sluice = new SluiceContainer(container);
    change.accept(container);
    containers.add(sluice);
    return sluice.start();
  }

  /** A program that sees the pipes, a shell script; the arguments are its {@code $1} and so on. */
  ScriptContainer sidecar(String script, String... arguments) {
    return script(container(true), script, arguments);
  }

  /** A program that sees the network alone. */
  ScriptContainer client(String script, String... arguments) {
    return script(container(false), script, arguments);
  }

  private ScriptContainer script(GenericContainer<?> container, String script, String... words) {
    ScriptContainer started = new ScriptContainer(container, script, words);
    containers.add(started);
    return started.start();
  }

  private GenericContainer<?> container(boolean pipes) {
    return SluiceContainer.cautious(uid)
        .withNetwork(network)
        .withCreateContainerCmdModifier(
            command -> {
              if (pipes) {
                Bind[] others = command.getHostConfig().getBinds();
                Stream<Bind> all =
                    Stream.concat(
                        Stream.ofNullable(others).flatMap(Stream::of),
                        Stream.of(new Bind(volume, new Volume(PIPES), AccessMode.rw)));
                command.getHostConfig().withBinds(all.toArray(Bind[]::new));
              }
            });
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable container : containers.reversed()) {
      container.close();
    }
    network.close();
    docker.removeVolumeCmd(volume).exec();
  }
}
