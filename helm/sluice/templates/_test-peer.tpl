{{/* Joins two pipes. It waits in open(2), and so costs a megabyte and no time. */}}
{{- define "sluice.testPeer" -}}
- name: test-peer
  image: {{ include "sluice.testImage" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  securityContext:
    {{- toYaml .Values.securityContext | nindent 4 }}
  command: [bash, -c]
  args:
    - |
      trap 'exit 0' TERM
      cd /run/sluice
      for pipe in helm-test-in.pipe helm-test-out.pipe; do
        [ -p $pipe ] || mkfifo -m 600 $pipe
      done
      while true; do
        # In this order: the reader that the last round had may not have let go of its pipe yet.
        cat < helm-test-in.pipe > helm-test-out.pipe &
        wait $!
      done
  # What it has written into a pipe, and nobody has read, counts as its own memory.
  resources:
    requests:
      cpu: 10m
      memory: 16Mi
    limits:
      memory: 128Mi
  volumeMounts:
    - name: pipes
      mountPath: /run/sluice
{{- end }}
