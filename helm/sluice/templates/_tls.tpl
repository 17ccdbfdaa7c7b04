{{/* The secret with the certificate for NBD, or nothing. */}}
{{- define "sluice.tlsSecret" -}}
{{- with .Values.tls }}
{{- if .existingSecret }}
{{- .existingSecret }}
{{- else if .generate }}
{{- include "sluice.fullname" $ }}-tls
{{- end }}
{{- end }}
{{- end }}

{{/* The secret with the certificate for the API, or nothing: then it is not encrypted. */}}
{{- define "sluice.apiSecret" -}}
{{- with .Values.api.tls }}
{{- if ne .mode "never" }}
{{- .existingSecret | default (include "sluice.tlsSecret" $) }}
{{- end }}
{{- end }}
{{- end }}

{{/* What the API speaks, which its ports are called, too. */}}
{{- define "sluice.apiScheme" -}}
http{{ if include "sluice.apiSecret" . }}s{{ end }}
{{- end }}

{{- define "sluice.apiServerName" -}}
{{ .Values.api.tls.serverName | default (printf "%s.%s.svc" (include "sluice.fullname" .) .Release.Namespace) }}
{{- end }}

{{/* The secret in which the authority of the API's certificate is, or nothing. */}}
{{- define "sluice.apiAuthority" -}}
{{- if .Values.api.tls.caKey }}
{{- include "sluice.apiSecret" . }}
{{- end }}
{{- end }}

{{/* A volume with the API's authority; a list of the context and its name. */}}
{{- define "sluice.apiAuthorityVolume" -}}
{{- $context := index . 0 -}}
- name: {{ index . 1 }}
  secret:
    secretName: {{ include "sluice.apiAuthority" $context }}
    items:
      - key: {{ $context.Values.api.tls.caKey }}
        path: ca.crt
    defaultMode: 0440
    optional: true
{{- end }}
