# Onestop's own image: the service, the worker and the one-shot commands. Asterisk has its own (docker/asterisk).
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# onnxruntime and vosk want libgomp and libatomic; procps has the pgrep of the worker's health check
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 libatomic1 procps \
 && rm -rf /var/lib/apt/lists/*

# the dependencies first, so that a change of ours does not fetch them again
COPY pyproject.toml README.md LICENSE ./
RUN mkdir channels dialogs ivr nlu records desk onestop \
 && touch channels/__init__.py dialogs/__init__.py ivr/__init__.py nlu/__init__.py records/__init__.py desk/__init__.py onestop/__init__.py \
 && pip install --editable .

COPY channels channels
COPY dialogs dialogs
COPY ivr ivr
COPY nlu nlu
COPY records records
COPY desk desk
COPY onestop onestop

RUN useradd --system --uid 64050 --home-dir /data onestop \
 && mkdir -p /data /models && chown onestop: /data /models
USER onestop
VOLUME ["/data", "/models"]
EXPOSE 8000
ENTRYPOINT ["onestop"]
CMD ["serve"]
