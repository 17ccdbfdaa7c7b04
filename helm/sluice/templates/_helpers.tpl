{{- define "sluice.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters: a StatefulSet's pods carry its name and a hash in one label. */}}
{{- define "sluice.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "sluice.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "sluice.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "sluice.headless" -}}
{{ include "sluice.fullname" . }}-headless
{{- end }}

{{/* The name of the first pod, which the URIs of its exports carry. */}}
{{- define "sluice.podHost" -}}
{{ include "sluice.fullname" . }}-0.{{ include "sluice.headless" . }}.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}
{{- end }}

{{/* How many pods there are. Where an autoscaler says how many, an upgrade leaves it to that. */}}
{{- define "sluice.replicas" -}}
{{- $replicas := int .Values.replicas }}
{{- if .Values.cluster.autoscaled }}
{{- $replicas = int (dig "spec" "replicas" $replicas (lookup "apps/v1" "StatefulSet" .Release.Namespace (include "sluice.fullname" .))) }}
{{- end }}
{{- ternary $replicas 1 .Values.cluster.enabled }}
{{- end }}

{{/* Whether there may be more than one, or nothing. */}}
{{- define "sluice.several" -}}
{{- if and .Values.cluster.enabled (or .Values.cluster.autoscaled (gt (int .Values.replicas) 1)) }}yes{{ end }}
{{- end }}

{{/* A volume with what the API server of Kubernetes is reached by. The kubelet makes the same for every container, if it is let. */}}
{{- define "sluice.kubernetesToken" -}}
- name: kubernetes-token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{/* The secret with the API's tokens, or nothing: then an OpenID provider has to say who somebody is. */}}
{{- define "sluice.tokensSecret" -}}
{{- with .Values.tokens }}
{{- if .existingSecret }}
{{- .existingSecret }}
{{- else if .generate }}
{{- include "sluice.fullname" $ }}-tokens
{{- else if not (dig "spring" "security" "oauth2" "resourceserver" "jwt" "issuer-uri" "" $.Values.config) }}
{{- fail "tokens: expected existingSecret, generate: true, or an OpenID provider (config.spring.security.oauth2.resourceserver.jwt.issuer-uri), since Sluice does not start where it cannot tell who uses its API" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "sluice.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "sluice.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "sluice.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "sluice.testImage" -}}
{{ .Values.test.image | default (include "sluice.image" .) }}
{{- end }}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Not the selector's: no service may lead to the test's pod. */}}
{{- define "sluice.testSelector" -}}
app.kubernetes.io/name: {{ include "sluice.name" . }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.otherLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
{{ include "sluice.otherLabels" . }}
{{- end }}

{{/* Containers as YAML, each with the chart's security context if it has none; a list of the context and them. */}}
{{- define "sluice.secured" -}}
{{- $all := list }}
{{- range index . 1 }}
{{- $all = append $all (hasKey . "securityContext" | ternary . (set (deepCopy .) "securityContext" (index $ 0).Values.securityContext)) }}
{{- end }}
{{- toYaml $all }}
{{- end }}

{{/* Kinds that are enabled and the cluster knows, by the value that enables them, as a JSON map. */}}
{{- define "sluice.customKinds" -}}
{{- $wanted := dict
  "serviceMonitor" (list "monitoring.coreos.com/v1/ServiceMonitor")
  "prometheusRule" (list "monitoring.coreos.com/v1/PrometheusRule")
  "httpRoute" (list "gateway.networking.k8s.io/v1/HTTPRoute")
  "tcpRoute" (list "gateway.networking.k8s.io/v1alpha2/TCPRoute" "gateway.networking.k8s.io/v1/TCPRoute") }}
{{- $backendTlsPolicy := list "gateway.networking.k8s.io/v1alpha3/BackendTLSPolicy" "gateway.networking.k8s.io/v1/BackendTLSPolicy" }}
{{- $enabled := dict }}
{{- range $value, $kinds := $wanted }}
{{- if (index $.Values $value).enabled }}
{{- $_ := set $enabled $value $kinds }}
{{- end }}
{{- end }}
{{- if and .Values.httpRoute.enabled (include "sluice.apiSecret" .) }}
{{- $_ := set $enabled "backendTlsPolicy" $backendTlsPolicy }}
{{- end }}
{{- $found := dict }}
{{- range $value, $kinds := $enabled }}
{{- range $kinds }}
{{- if $.Capabilities.APIVersions.Has . }}
{{- $_ := set $found $value (dir .) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $found }}
{{- end }}
