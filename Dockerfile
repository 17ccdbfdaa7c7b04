# Builds with any docker: Debian's packages and Maven's repository are all it fetches.

# What everything is built on. --build-arg BASE=…@sha256:… takes that one image and no other.
ARG BASE=docker.io/library/debian:trixie-slim

FROM ${BASE} AS build

RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-25-jdk-headless maven \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/jlink)")")" /opt/jdk
ENV JAVA_HOME=/opt/jdk

# All of Java SE, and what Spring Boot, Netty and an operator (jcmd, JFR) use beside it. Debian's JDK
# comes with symbols for a debugger, seven times as large as all the rest. Of the two archives of
# classes, one is for heaps beyond 32 GB.
RUN /opt/jdk/bin/jlink --output /opt/java --compress zip-6 --generate-cds-archive \
      --no-header-files --no-man-pages --exclude-files '**.debuginfo' \
      --add-modules java.se,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
 && rm /opt/java/lib/server/classes_nocoops.jsa

# A package that holds no code yet: fetches every dependency, before the sources, so that a
# change of the sources does not fetch them again.
WORKDIR /build
COPY pom.xml ./
COPY src/main/java/dev/sluice/package-info.java src/main/java/dev/sluice/
RUN mvn -B -ntp -P '!format' -Dmaven.test.skip -Dspring-boot.repackage.skip -Ddeb.skip package

COPY application.yml ./
COPY docs/problems.md docs/
COPY src/main src/main
RUN mvn -B -ntp -P '!format' -Dmaven.test.skip -Ddeb.skip package \
 && java -Djarmode=tools -jar target/sluice.jar extract --destination /opt/sluice

# Native code is loaded from here: unpacking it into /tmp would fail where /tmp is noexec.
RUN mkdir /opt/native && cd /opt/native \
 && for jar in /opt/sluice/lib/netty-*-linux-*.jar; do /opt/jdk/bin/jar -xf "$jar" META-INF/native; done \
 && mv META-INF/native/*.so . && rm -r META-INF


# Everything but the AOT cache, with what changes seldom in the lower layers.
FROM ${BASE} AS service

# What an operator, the chart's test and simple peers need, 20 MB: curl for the API and for streams
# over HTTP, nbdcopy and nbdinfo to try an export.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl libnbd-bin \
 && apt-get clean && rm -rf /var/lib/apt/lists/*

# Writable for every user id, as an emptyDir is: the container may run as any.
RUN install -d -m 0777 /run/sluice /var/lib/sluice

COPY --from=build /opt/java /opt/java
COPY --from=build /opt/native /opt/sluice/native
COPY --from=build /opt/sluice/lib /opt/sluice/lib
COPY --from=build /opt/sluice/sluice.jar /opt/sluice/
COPY application.yml src/main/launcher/sluice src/main/launcher/*.options /opt/sluice/
RUN ln -s /opt/sluice/sluice /usr/local/bin/sluice

ENV JAVA_HOME=/opt/java \
    PATH=/opt/java/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8
WORKDIR /opt/sluice


# The JVM learns from a run of the service with real streams, and from one of the command line: which
# classes to have at hand, and what to compile first. The same JVM, jars and options as in the image, or
# it would not use the caches.
FROM service AS train
COPY src/main/launcher/train-* /usr/local/bin/
RUN timeout 10m train-service sluice /tmp/service.aot && mv /tmp/service.aot . \
 && timeout 10m train-command sluice /tmp/command.aot && mv /tmp/command.aot .


FROM service

COPY --from=train /opt/sluice/service.aot /opt/sluice/command.aot /opt/sluice/

ENV SERVER_ADDRESS=0.0.0.0 \
    SLUICE_HEALTH_PORT=8081 \
    SLUICE_NBD_ADDRESS=0.0.0.0 \
    SLUICE_NBD_ADVERTISED_HOST=localhost \
    SLUICE_EXPORTS_ROOTS=/run/sluice \
    SLUICE_EXPORTS_STORE=/var/lib/sluice \
    SLUICE_EXPORTS_DRAINTIMEOUT=4s

# Exports as they are after a restart; what is to outlive the container needs a volume with a name.
VOLUME /var/lib/sluice

USER 10001:10001
EXPOSE 8080 8081 10809

HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD curl -fsS -m 5 -o /dev/null "http://127.0.0.1:$SLUICE_HEALTH_PORT/livez"

# The service; with a command, the command line.
ENTRYPOINT ["sluice"]

# What the build cannot know by itself: --build-arg VERSION=1.2.3 and so on.
ARG BASE
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="Streams over NBD: a disk written or read as a byte stream on a FIFO or Unix socket" \
      org.opencontainers.image.base.name="$BASE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED"
