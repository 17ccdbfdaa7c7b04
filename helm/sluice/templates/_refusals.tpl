{{/* What contradicts the rest of the chart, or would give something away, is refused before anything is made. */}}
{{- define "sluice.refusals" -}}
{{- $found := dict "leaves" list }}
{{- include "sluice.leaves" (dict "path" "config" "value" .Values.config "found" $found) }}
{{- range .Values.env }}
{{- if hasKey . "value" }}
{{- $_ := set $found "leaves" (append $found.leaves (dict "path" (printf "env.%s" .name) "value" .value)) }}
{{- end }}
{{- end }}
{{- range $found.leaves }}
{{- include "sluice.refuseWhatTheChartSets" . }}
{{- include "sluice.refuseSecret" . }}
{{- end }}
{{- include "sluice.refuseSecret" (dict "path" "tracing.endpoint" "value" .Values.tracing.endpoint) }}
{{- include "sluice.refusePlaintext" . }}
{{- include "sluice.refuseCertificates" . }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.cluster.enabled) }}
{{- fail "replicas: expected 1, or cluster.enabled: true, since nothing else tells in which pod an export is" }}
{{- end }}
{{- if and .Values.cluster.enabled .Values.store.size }}
{{- fail "store.size: expected none with cluster.enabled, since the API server of Kubernetes keeps the exports" }}
{{- end }}
{{- if and .Values.cluster.enabled (eq "default" (include "sluice.serviceAccount" .)) }}
{{- fail "serviceAccount: expected create: true, or a name, with cluster.enabled, since every pod of the namespace has the account default, and would get the rights of Sluice" }}
{{- end }}
{{- if and .Values.advertisedHost (include "sluice.several" .) }}
{{- fail "advertisedHost: expected none with several pods, since a client that comes by one address for all reaches any of them, and its export is in one" }}
{{- end }}
{{- if and .Values.cluster.autoscaled (not .Values.cluster.enabled) }}
{{- fail "cluster.autoscaled: expected cluster.enabled: true, since nothing else tells in which pod an export is" }}
{{- end }}
{{- end }}

{{/* Collects the paths and values in a map, for `found.leaves`. */}}
{{- define "sluice.leaves" -}}
{{- if kindIs "map" .value }}
{{- range $key, $value := .value }}
{{- include "sluice.leaves" (dict "path" (printf "%s.%s" $.path $key) "value" $value "found" $.found) }}
{{- end }}
{{- else if kindIs "slice" .value }}
{{- range .value }}
{{- include "sluice.leaves" (dict "path" $.path "value" . "found" $.found) }}
{{- end }}
{{- else }}
{{- $_ := set .found "leaves" (append .found.leaves (dict "path" .path "value" .value)) }}
{{- end }}
{{- end }}

{{/* A name as Spring compares it: drain-timeout, drainTimeout and DRAIN_TIMEOUT are one. */}}
{{- define "sluice.canonical" -}}
{{- regexReplaceAll "[^a-z0-9]" (lower .) "" }}
{{- end }}

{{/* It would win over the variables that the chart sets, and the rest of the chart not know of it. */}}
{{- define "sluice.refuseWhatTheChartSets" -}}
{{- $name := include "sluice.canonical" (regexReplaceAll "^(config|env)[.]" .path "") }}
{{- range $key, $instead := dict
      "server.port" "service.apiPort instead: the container's is always 8080"
      "sluice.health.port" "no such key: the container's is always 8081, which the probes ask"
      "sluice.nbd.port" "service.nbdPort instead: the container's is always 10809"
      "sluice.nbd.tls.mode" "tls.mode instead"
      "sluice.nbd.tls.bundle" "tls.existingSecret or tls.generate instead, which the chart mounts"
      "sluice.nbd.tls.client-auth" "tls.clientAuth instead"
      "sluice.exports.drain-timeout" "drainSeconds instead, which the pod's grace period follows"
      "sluice.exports.drain-linger" "lingerSeconds instead, which the pod's grace period follows"
      "sluice.kubernetes.enabled" "cluster.enabled instead, which gives the pods their rights, too"
      "sluice.kubernetes.namespace" "no such key: the pods share the exports of the release's namespace"
      "sluice.kubernetes.pod" "no such key: each pod has its own name"
      "sluice.kubernetes.pod-uid" "no such key: each pod has its own"
      "sluice.kubernetes.node" "no such key: each pod has its own"
      "sluice.kubernetes.api-url" "no such key: each pod has its own"
      "sluice.kubernetes.api-bundle" "api.tls.caKey instead, whose authority the pods trust"
      "sluice.kubernetes.nbd-address" "no such key: each pod has its own"
      "sluice.security.tokens-file" "tokens.existingSecret instead, which the chart mounts"
      "spring.application.json" "config instead" }}
{{- if eq $name (include "sluice.canonical" $key) }}
{{- fail (printf "%s: expected %s" $.path $instead) }}
{{- end }}
{{- end }}
{{- if hasPrefix "serverssl" $name }}
{{- fail (printf "%s: expected api.tls instead, which tells the services, Prometheus and helm test, too" .path) }}
{{- end }}
{{- end }}

{{/* Everybody who may look at the StatefulSet sees what is in `config` and `env`. */}}
{{- define "sluice.refuseSecret" -}}
{{- $value := toString .value }}
{{- $name := include "sluice.canonical" (regexReplaceAll "^.*[.]" .path "") }}
{{- $path := include "sluice.canonical" .path }}
{{- $env := hasPrefix "env." .path }}
{{- $elsewhere := regexMatch (ternary "[$][({][^:{}()]+[)}]" "[$][{][^:{}]+[}]" $env) $value }}
{{- if regexMatch "^(config|env)sluicesecuritytokens[0-9]*$" $path }}
{{- range splitList "," $value }}
{{- if not (regexMatch "^\\s*([a-z]+:)?sha256:[0-9A-Fa-f]{64}\\s*$|^\\s*$" .) }}
{{- if not $elsewhere }}
{{- fail (printf "%s: expected hashes alone (sha256:HASH), since everybody who may look at the StatefulSet sees it. Put the tokens into a secret, and name it in tokens.existingSecret" $.path) }}
{{- end }}
{{- end }}
{{- end }}
{{- else if and (not (kindIs "bool" .value)) (not (empty .value)) (not $elsewhere) }}
{{- $secret := and (regexMatch "(password|passwd|passphrase|secret|token|tokens|apikey|accesskey|credential|credentials|authorization)[0-9]*$" $name) (not (hasPrefix "configlogginglevel" $path)) }}
{{- if or $secret (regexMatch "-----BEGIN [A-Z ]*PRIVATE KEY-----|://[^/@:\\s]+:[^/@\\s]+@" $value) }}
{{- if $env }}
{{- fail (printf "%s: expected valueFrom instead of a secret that everybody sees who may look at the StatefulSet. Put it into a Secret, and name that in valueFrom.secretKeyRef" .path) }}
{{- else }}
{{- fail (printf "%s: expected no secret here, since everybody who may look at the StatefulSet sees it. Put it into a Secret, let env take it from there (name: NAME, valueFrom.secretKeyRef), and write ${NAME} here" .path) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Whoever is between a client outside the cluster and here could read and change what is not encrypted. */}}
{{- define "sluice.refusePlaintext" -}}
{{- $type := .Values.service.type }}
{{- $nbd := ternary (printf "service.type %s" $type) (ternary "tcpRoute.enabled" "" .Values.tcpRoute.enabled) (ne $type "ClusterIP") }}
{{- $encrypted := and (include "sluice.tlsSecret" .) (eq .Values.tls.mode "require") }}
{{- if and $nbd (not $encrypted) (not .Values.tls.allowPlaintext) }}
{{- fail (printf "%s: expected tls.existingSecret or tls.generate, and tls.mode require, since NBD could be reached from outside the cluster without encryption; tls.allowPlaintext: true accepts that" $nbd) }}
{{- end }}
{{- if and (ne $type "ClusterIP") (not (include "sluice.apiSecret" .)) (not .Values.api.tls.allowPlaintext) }}
{{- fail (printf "service.type %s: expected a certificate for the API (api.tls.existingSecret, or that of tls) and not api.tls.mode never, since its tokens could be read outside the cluster; api.tls.allowPlaintext: true accepts that" $type) }}
{{- end }}
{{- end }}

{{- define "sluice.refuseCertificates" -}}
{{- if and (ne .Values.tls.clientAuth "none") (not (include "sluice.tlsSecret" .)) }}
{{- fail (printf "tls.clientAuth %s: expected tls.existingSecret or tls.generate, since nobody is asked for a certificate where NBD is not encrypted" .Values.tls.clientAuth) }}
{{- end }}
{{- $secret := include "sluice.apiSecret" . }}
{{- if and (eq .Values.api.tls.mode "require") (not $secret) }}
{{- fail "api.tls.mode require: expected api.tls.existingSecret, tls.existingSecret or tls.generate" }}
{{- end }}
{{- $own := or .Values.api.tls.existingSecret .Values.tls.existingSecret }}
{{- if and $secret (not $own) (ne .Values.api.tls.caKey "ca.crt") }}
{{- fail "api.tls.caKey: expected ca.crt, which the generated secret has" }}
{{- end }}
{{- end }}
