CREATE TABLE `consents` (
	`id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`kind` varchar(30) NOT NULL,
	`version` varchar(20) NOT NULL,
	`is_granted` tinyint(1) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `consents_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `data_exports` (
	`id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`state` varchar(10) NOT NULL,
	`token_hash` varchar(43) character set utf8mb4 collate utf8mb4_bin,
	`object_key` varchar(120) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3),
	CONSTRAINT `data_exports_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` bigint NOT NULL,
	`token_hash` varchar(43) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`device` varchar(100) NOT NULL,
	`place` varchar(100) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`last_used_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`ended_at` datetime(3),
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`),
	CONSTRAINT `sessions_token` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `user_emails` (
	`address_key` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`purpose` varchar(10) NOT NULL,
	`address` varchar(254) NOT NULL,
	`verified_at` datetime(3) NOT NULL,
	CONSTRAINT `user_emails_address_key` PRIMARY KEY(`address_key`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`password_hash` varchar(200) NOT NULL,
	`name` varchar(50) NOT NULL,
	`school_id` int NOT NULL,
	`department_id` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`admission_year` smallint NOT NULL,
	`introduction` varchar(100) NOT NULL DEFAULT '',
	`links` json NOT NULL,
	`avatar_key` varchar(80) character set utf8mb4 collate utf8mb4_bin,
	`is_hidden_from_rankings` tinyint(1) NOT NULL DEFAULT false,
	`is_findable_by_companies` tinyint(1) NOT NULL DEFAULT false,
	`follower_count` int NOT NULL DEFAULT 0,
	`following_count` int NOT NULL DEFAULT 0,
	`post_count` int NOT NULL DEFAULT 0,
	`created_at` datetime(3) NOT NULL,
	`left_at` datetime(3),
	`leave_reason` varchar(500),
	`suspended_at` datetime(3),
	CONSTRAINT `users_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `career_follows` (
	`user_id` bigint NOT NULL,
	`career_id` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `career_follows_user_id_career_id_pk` PRIMARY KEY(`user_id`,`career_id`)
);
--> statement-breakpoint
CREATE TABLE `career_members` (
	`career_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`state` varchar(10) NOT NULL,
	`position` int NOT NULL DEFAULT 0,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `career_members_career_id_user_id_pk` PRIMARY KEY(`career_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `careers` (
	`id` bigint NOT NULL,
	`owner_id` bigint NOT NULL,
	`name` varchar(20) NOT NULL,
	`kind` varchar(10) NOT NULL,
	`company_id` bigint,
	`post_count` int NOT NULL DEFAULT 0,
	`last_post_at` datetime(3),
	`cover_key` varchar(80) character set utf8mb4 collate utf8mb4_bin,
	`client_key` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	`deleted_at` datetime(3),
	CONSTRAINT `careers_id` PRIMARY KEY(`id`),
	CONSTRAINT `careers_client_key` UNIQUE(`owner_id`,`client_key`)
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` bigint NOT NULL,
	`staff_id` bigint NOT NULL,
	`action` varchar(60) NOT NULL,
	`target_kind` varchar(30) NOT NULL,
	`target_id` varchar(190) NOT NULL,
	`detail` json,
	`request_id` varchar(64) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `audit_log_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`name` varchar(60) NOT NULL,
	`key` varchar(190) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`payload` json NOT NULL,
	`error` varchar(200) NOT NULL,
	`attempts` int NOT NULL,
	`state` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`settled_at` datetime(3),
	CONSTRAINT `dead_letters_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `job_runs` (
	`name` varchar(60) NOT NULL,
	`key` varchar(190) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`finished_at` datetime(3) NOT NULL,
	CONSTRAINT `job_runs_name_key_pk` PRIMARY KEY(`name`,`key`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` bigint NOT NULL,
	`name` varchar(60) NOT NULL,
	`payload` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`available_at` datetime(3) NOT NULL,
	`claim` varchar(43) character set utf8mb4 collate utf8mb4_bin,
	`attempts` int NOT NULL,
	`remaining` json,
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `schedule_runs` (
	`name` varchar(60) NOT NULL,
	`due_at` datetime(3) NOT NULL,
	`started_at` datetime(3) NOT NULL,
	`finished_at` datetime(3),
	`started_by` varchar(20) NOT NULL,
	`state` varchar(10) NOT NULL,
	`error` varchar(200),
	CONSTRAINT `schedule_runs_name_due_at_pk` PRIMARY KEY(`name`,`due_at`)
);
--> statement-breakpoint
CREATE TABLE `schedules` (
	`name` varchar(60) NOT NULL,
	`due_at` datetime(3) NOT NULL,
	`lease_until` datetime(3),
	`lease_token` varchar(43) character set utf8mb4 collate utf8mb4_bin,
	`is_paused` tinyint(1) NOT NULL DEFAULT false,
	CONSTRAINT `schedules_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `staff` (
	`email` varchar(254) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`id` bigint NOT NULL,
	`role` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`removed_at` datetime(3),
	CONSTRAINT `staff_email` PRIMARY KEY(`email`),
	CONSTRAINT `staff_id` UNIQUE(`id`)
);
--> statement-breakpoint
CREATE TABLE `comments` (
	`id` bigint NOT NULL,
	`post_id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`post_author_id` bigint NOT NULL,
	`parent_id` bigint NOT NULL,
	`reply_to_user_id` bigint,
	`text` varchar(1000) NOT NULL,
	`like_count` int NOT NULL DEFAULT 0,
	`reply_count` int NOT NULL DEFAULT 0,
	`day` date NOT NULL,
	`client_key` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	`deleted_at` datetime(3),
	CONSTRAINT `comments_id` PRIMARY KEY(`id`),
	CONSTRAINT `comments_client_key` UNIQUE(`author_id`,`client_key`)
);
--> statement-breakpoint
CREATE TABLE `media` (
	`id` bigint NOT NULL,
	`owner_id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`object_key` varchar(80) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`content_type` varchar(100) NOT NULL,
	`size` int NOT NULL,
	`width` int,
	`height` int,
	`file_name` varchar(200),
	`state` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`released_at` datetime(3),
	CONSTRAINT `media_id` PRIMARY KEY(`id`),
	CONSTRAINT `media_key` UNIQUE(`object_key`)
);
--> statement-breakpoint
CREATE TABLE `post_links` (
	`post_id` bigint NOT NULL,
	`position` smallint NOT NULL,
	`url` varchar(2000) NOT NULL,
	`state` varchar(10) NOT NULL,
	`title` varchar(300),
	`description` varchar(500),
	`picture_key` varchar(80) character set utf8mb4 collate utf8mb4_bin,
	`outcome` varchar(30),
	CONSTRAINT `post_links_post_id_position_pk` PRIMARY KEY(`post_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `post_media` (
	`post_id` bigint NOT NULL,
	`position` smallint NOT NULL,
	`media_id` bigint NOT NULL,
	`kind` varchar(10) NOT NULL,
	`alt_text` varchar(300) NOT NULL DEFAULT '',
	CONSTRAINT `post_media_post_id_position_pk` PRIMARY KEY(`post_id`,`position`),
	CONSTRAINT `post_media_media` UNIQUE(`media_id`)
);
--> statement-breakpoint
CREATE TABLE `post_tags` (
	`post_id` bigint NOT NULL,
	`position` smallint NOT NULL,
	`tag_id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`field_id` tinyint NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `post_tags_post_id_position_pk` PRIMARY KEY(`post_id`,`position`),
	CONSTRAINT `post_tags_tag` UNIQUE(`tag_id`,`post_id`)
);
--> statement-breakpoint
CREATE TABLE `post_views` (
	`post_id` bigint NOT NULL,
	`viewer_id` bigint NOT NULL,
	`day` date NOT NULL,
	`author_id` bigint NOT NULL,
	CONSTRAINT `post_views_post_id_viewer_id_day_pk` PRIMARY KEY(`post_id`,`viewer_id`,`day`)
);
--> statement-breakpoint
CREATE TABLE `posts` (
	`id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`career_id` bigint NOT NULL,
	`school_id` int NOT NULL,
	`field_id` tinyint NOT NULL,
	`text` text NOT NULL,
	`like_count` int NOT NULL DEFAULT 0,
	`comment_count` int NOT NULL DEFAULT 0,
	`bookmark_count` int NOT NULL DEFAULT 0,
	`view_count` int NOT NULL DEFAULT 0,
	`day` date NOT NULL,
	`client_key` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	`edited_at` datetime(3),
	`deleted_at` datetime(3),
	CONSTRAINT `posts_id` PRIMARY KEY(`id`),
	CONSTRAINT `posts_client_key` UNIQUE(`author_id`,`client_key`)
);
--> statement-breakpoint
CREATE TABLE `tag_days` (
	`tag_id` bigint NOT NULL,
	`day` date NOT NULL,
	`field_id` tinyint NOT NULL,
	`uses` int NOT NULL,
	CONSTRAINT `tag_days_tag_id_day_field_id_pk` PRIMARY KEY(`tag_id`,`day`,`field_id`)
);
--> statement-breakpoint
CREATE TABLE `tags` (
	`id` bigint NOT NULL,
	`name` varchar(30) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`choseong` varchar(30) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT '',
	`post_count` int NOT NULL DEFAULT 0,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `tags_id` PRIMARY KEY(`id`),
	CONSTRAINT `tags_name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `blocks` (
	`blocker_id` bigint NOT NULL,
	`blocked_id` bigint NOT NULL,
	`id` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `blocks_blocker_id_blocked_id_pk` PRIMARY KEY(`blocker_id`,`blocked_id`)
);
--> statement-breakpoint
CREATE TABLE `bookmarks` (
	`user_id` bigint NOT NULL,
	`post_id` bigint NOT NULL,
	`id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `bookmarks_user_id_post_id_pk` PRIMARY KEY(`user_id`,`post_id`)
);
--> statement-breakpoint
CREATE TABLE `follows` (
	`follower_id` bigint NOT NULL,
	`followee_id` bigint NOT NULL,
	`id` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `follows_follower_id_followee_id_pk` PRIMARY KEY(`follower_id`,`followee_id`)
);
--> statement-breakpoint
CREATE TABLE `likes` (
	`target_kind` tinyint NOT NULL,
	`target_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`id` bigint NOT NULL,
	`author_id` bigint NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `likes_target_kind_target_id_user_id_pk` PRIMARY KEY(`target_kind`,`target_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `reports` (
	`id` bigint NOT NULL,
	`reporter_id` bigint NOT NULL,
	`target_kind` varchar(10) NOT NULL,
	`target_id` bigint NOT NULL,
	`reason` varchar(20) NOT NULL,
	`text` varchar(1000) NOT NULL,
	`state` varchar(10) NOT NULL,
	`open_mark` tinyint,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `reports_id` PRIMARY KEY(`id`),
	CONSTRAINT `reports_open` UNIQUE(`reporter_id`,`target_kind`,`target_id`,`open_mark`)
);
--> statement-breakpoint
CREATE TABLE `departments` (
	`id` int NOT NULL,
	`name_ko` varchar(60) NOT NULL,
	`name_en` varchar(120) NOT NULL,
	`field_id` tinyint NOT NULL,
	`aliases` varchar(400) NOT NULL DEFAULT '',
	`is_active` tinyint(1) NOT NULL DEFAULT true,
	CONSTRAINT `departments_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `inquiries` (
	`id` bigint NOT NULL,
	`kind` varchar(20) NOT NULL,
	`name` varchar(100) NOT NULL,
	`detail` text NOT NULL,
	`contact_email` varchar(254),
	`state` varchar(10) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `inquiries_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `school_domains` (
	`domain` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`school_id` int NOT NULL,
	CONSTRAINT `school_domains_domain` PRIMARY KEY(`domain`)
);
--> statement-breakpoint
CREATE TABLE `schools` (
	`id` int NOT NULL,
	`name_ko` varchar(60) NOT NULL,
	`name_en` varchar(120) NOT NULL,
	`region` varchar(10) NOT NULL,
	`aliases` varchar(400) NOT NULL DEFAULT '',
	`logo_key` varchar(80) character set utf8mb4 collate utf8mb4_bin,
	`is_active` tinyint(1) NOT NULL DEFAULT true,
	CONSTRAINT `schools_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `consents_user` ON `consents` (`user_id`,`kind`,`id`);--> statement-breakpoint
CREATE INDEX `data_exports_user` ON `data_exports` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `data_exports_expires` ON `data_exports` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `user_emails_user` ON `user_emails` (`user_id`);--> statement-breakpoint
CREATE INDEX `users_school` ON `users` (`school_id`,`id`);--> statement-breakpoint
CREATE INDEX `users_field` ON `users` (`field_id`,`id`);--> statement-breakpoint
CREATE INDEX `users_left` ON `users` (`left_at`);--> statement-breakpoint
CREATE INDEX `career_follows_career` ON `career_follows` (`career_id`);--> statement-breakpoint
CREATE INDEX `career_members_user` ON `career_members` (`user_id`,`state`,`position`);--> statement-breakpoint
CREATE INDEX `careers_owner` ON `careers` (`owner_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target_kind`,`target_id`,`id`);--> statement-breakpoint
CREATE INDEX `dead_letters_state` ON `dead_letters` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `dead_letters_key` ON `dead_letters` (`name`,`key`);--> statement-breakpoint
CREATE INDEX `job_runs_finished` ON `job_runs` (`finished_at`);--> statement-breakpoint
CREATE INDEX `outbox_available` ON `outbox` (`available_at`,`id`);--> statement-breakpoint
CREATE INDEX `outbox_claim` ON `outbox` (`claim`);--> statement-breakpoint
CREATE INDEX `schedule_runs_started` ON `schedule_runs` (`started_at`);--> statement-breakpoint
CREATE INDEX `comments_post` ON `comments` (`post_id`,`parent_id`,`id`);--> statement-breakpoint
CREATE INDEX `comments_author` ON `comments` (`author_id`,`id`);--> statement-breakpoint
CREATE INDEX `comments_activity` ON `comments` (`post_author_id`,`day`);--> statement-breakpoint
CREATE INDEX `media_owner` ON `media` (`owner_id`,`state`);--> statement-breakpoint
CREATE INDEX `media_state` ON `media` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `post_tags_author` ON `post_tags` (`author_id`,`tag_id`);--> statement-breakpoint
CREATE INDEX `post_tags_day` ON `post_tags` (`tag_id`,`day`,`field_id`);--> statement-breakpoint
CREATE INDEX `post_views_author` ON `post_views` (`author_id`,`day`);--> statement-breakpoint
CREATE INDEX `post_views_viewer` ON `post_views` (`viewer_id`);--> statement-breakpoint
CREATE INDEX `posts_author` ON `posts` (`author_id`,`id`);--> statement-breakpoint
CREATE INDEX `posts_career` ON `posts` (`career_id`,`id`);--> statement-breakpoint
CREATE INDEX `posts_school` ON `posts` (`school_id`,`id`);--> statement-breakpoint
CREATE INDEX `posts_field` ON `posts` (`field_id`,`id`);--> statement-breakpoint
CREATE INDEX `posts_author_day` ON `posts` (`author_id`,`day`);--> statement-breakpoint
CREATE INDEX `tag_days_day` ON `tag_days` (`day`,`tag_id`);--> statement-breakpoint
CREATE INDEX `tags_choseong` ON `tags` (`choseong`);--> statement-breakpoint
CREATE INDEX `blocks_back` ON `blocks` (`blocked_id`,`blocker_id`);--> statement-breakpoint
CREATE INDEX `blocks_blocker` ON `blocks` (`blocker_id`,`id`);--> statement-breakpoint
CREATE INDEX `bookmarks_user` ON `bookmarks` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `bookmarks_post` ON `bookmarks` (`post_id`);--> statement-breakpoint
CREATE INDEX `bookmarks_activity` ON `bookmarks` (`author_id`,`day`);--> statement-breakpoint
CREATE INDEX `follows_follower` ON `follows` (`follower_id`,`id`);--> statement-breakpoint
CREATE INDEX `follows_followee` ON `follows` (`followee_id`,`id`);--> statement-breakpoint
CREATE INDEX `follows_back` ON `follows` (`followee_id`,`follower_id`);--> statement-breakpoint
CREATE INDEX `likes_target` ON `likes` (`target_kind`,`target_id`,`id`);--> statement-breakpoint
CREATE INDEX `likes_user` ON `likes` (`user_id`,`target_kind`,`id`);--> statement-breakpoint
CREATE INDEX `likes_activity` ON `likes` (`author_id`,`day`);--> statement-breakpoint
CREATE INDEX `reports_state` ON `reports` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `reports_target` ON `reports` (`target_kind`,`target_id`);--> statement-breakpoint
CREATE INDEX `inquiries_state` ON `inquiries` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `school_domains_school` ON `school_domains` (`school_id`);