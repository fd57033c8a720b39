FROM python:3.13
ENV PYTHONUNBUFFERED=1
RUN <<EOF
set -e
apt-get update
apt-get install -y git
EOF
COPY <<-"EOF" /etc/tool.conf
	[tool]
	home = $HOME
EOF
RUN --mount=type=bind,target=/src --mount=type=secret,id=token,env=TOKEN pip install /src
ENTRYPOINT ["tool"]
CMD ["--help"]
