{{/* The Sluice container's environment. Its configuration comes first, so that `env` can refer to it. */}}
{{- define "sluice.env" -}}
{{- if or .Values.cluster.enabled (not .Values.advertisedHost) -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{ end -}}
{{- if .Values.advertisedHost -}}
- name: SLUICE_NBD_ADVERTISED_HOST
  value: {{ .Values.advertisedHost | quote }}
{{- else -}}
- name: SLUICE_NBD_ADVERTISED_HOST
  value: $(POD_NAME).{{ include "sluice.headless" . }}.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}
{{- end }}
{{- if .Values.cluster.enabled }}
- name: POD_UID
  valueFrom:
    fieldRef:
      fieldPath: metadata.uid
- name: SLUICE_KUBERNETES_ENABLED
  value: "true"
- name: SLUICE_KUBERNETES_NAMESPACE
  value: {{ .Release.Namespace }}
- name: SLUICE_KUBERNETES_POD
  value: $(POD_NAME)
- name: SLUICE_KUBERNETES_PODUID
  value: $(POD_UID)
# Over which exports are spread.
- name: SLUICE_KUBERNETES_NODE
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
# To which the other pods pass on clients that come to them.
- name: SLUICE_KUBERNETES_NBDADDRESS
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: SLUICE_KUBERNETES_APIURL
  value: {{ include "sluice.apiScheme" . }}://$(POD_NAME).{{ include "sluice.headless" . }}.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}:8080
{{- if include "sluice.apiAuthority" . }}
- name: SPRING_SSL_BUNDLE_PEM_PODS_TRUSTSTORE_CERTIFICATE
  value: /etc/sluice/api-ca/ca.crt
- name: SPRING_SSL_BUNDLE_PEM_PODS_RELOADONUPDATE
  value: "true"
- name: SLUICE_KUBERNETES_APIBUNDLE
  value: pods
{{- end }}
# The API server keeps the exports.
- name: SLUICE_EXPORTS_STORE
  value: none
{{- end }}
{{- if ne (int .Values.advertisedPort) 10809 }}
- name: SLUICE_NBD_ADVERTISEDPORT
  value: {{ int .Values.advertisedPort | quote }}
{{- end }}
- name: SLUICE_EXPORTS_DRAINTIMEOUT
  value: {{ int64 .Values.drainSeconds }}s
- name: SLUICE_EXPORTS_DRAINLINGER
  value: {{ int64 .Values.lingerSeconds }}s
{{- with .Values.tracing.endpoint }}
- name: MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: MANAGEMENT_TRACING_SAMPLING_PROBABILITY
  value: {{ $.Values.tracing.probability | quote }}
{{- end }}
{{- if include "sluice.tlsSecret" . }}
- name: SPRING_SSL_BUNDLE_PEM_NBD_KEYSTORE_CERTIFICATE
  value: /etc/sluice/tls/tls.crt
- name: SPRING_SSL_BUNDLE_PEM_NBD_KEYSTORE_PRIVATEKEY
  value: /etc/sluice/tls/tls.key
- name: SPRING_SSL_BUNDLE_PEM_NBD_RELOADONUPDATE
  value: "true"
{{- if ne .Values.tls.clientAuth "none" }}
- name: SPRING_SSL_BUNDLE_PEM_NBD_TRUSTSTORE_CERTIFICATE
  value: /etc/sluice/tls/ca.crt
{{- end }}
- name: SLUICE_NBD_TLS_BUNDLE
  value: nbd
- name: SLUICE_NBD_TLS_MODE
  value: {{ .Values.tls.mode }}
- name: SLUICE_NBD_TLS_CLIENTAUTH
  value: {{ .Values.tls.clientAuth }}
{{- end }}
{{- if include "sluice.apiSecret" . }}
- name: SPRING_SSL_BUNDLE_PEM_API_KEYSTORE_CERTIFICATE
  value: /etc/sluice/api-tls/tls.crt
- name: SPRING_SSL_BUNDLE_PEM_API_KEYSTORE_PRIVATEKEY
  value: /etc/sluice/api-tls/tls.key
- name: SPRING_SSL_BUNDLE_PEM_API_RELOADONUPDATE
  value: "true"
- name: SERVER_SSL_BUNDLE
  value: api
{{- end }}
{{- if include "sluice.tokensSecret" . }}
# A file, because Sluice follows it when it changes; a new variable would take a new pod.
- name: SLUICE_SECURITY_TOKENSFILE
  value: /etc/sluice/tokens/tokens
{{- end }}
{{- with .Values.logFormat }}
- name: LOGGING_STRUCTURED_FORMAT_CONSOLE
  value: {{ . }}
{{- end }}
{{- with .Values.config }}
- name: SPRING_APPLICATION_JSON
  value: {{ toJson . | quote }}
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
