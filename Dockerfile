FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/onewindow/.venv/bin:$PATH
WORKDIR /onewindow
COPY requirements.lock .
RUN python -m venv .venv && pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && useradd --system --create-home onewindow && install -d -o onewindow /data /data/documents
USER onewindow
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "web.app"]
